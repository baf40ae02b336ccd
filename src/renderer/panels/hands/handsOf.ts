import type { SceneHands } from '../../scene/scene';
import { shown } from '../../theme/units';
import type { View } from '../../state/view.svelte';
import type { Workbench } from '../../state/workbench.svelte';

/** Seconds of wall time between two pulls; the push lasts as long in simulated time. */
const PULL_SECONDS = 0.05;
/** Angular acceleration at a pull of one reach, rad/s²: strong enough to win against the motor for a moment. */
const PULL_STRENGTH = 30;

/** Turns what the mouse does in the scene into pushes on the rig and moves of the target. */
export function handsOf(workbench: Workbench, view: View): SceneHands {
  return {
    mayPush: () => workbench.mayCommand && workbench.loopRuns && view.frozen === undefined,
    pull(what, grip, to) {
      const { instance, history, setup, status } = workbench;
      if (instance === undefined || setup === undefined || history.newest < 0) return '';
      const seconds = Math.max(0.01, Math.min(0.2, PULL_SECONDS * (status?.speedNow ?? 1)));
      const state = history.states.slice(history.newest * history.size, (history.newest + 1) * history.size);
      const bodies = instance.bodies(state);
      if (what === 'cart') {
        const strength = 1.5 * setup.actionLimit;
        const force = Math.max(-2 * strength, Math.min(2 * strength, strength * (to[0] - grip[0])));
        workbench.push({ force, torque: 0, seconds });
        return `${shown(force, 1)} N`;
      }
      const pivot = bodies.find((body) => body.kind === 'pivot');
      const rod = bodies.find((body) => body.kind === 'rod');
      if (pivot === undefined || rod === undefined) return '';
      const reach = Math.hypot(rod.x1 - rod.x0, rod.y1 - rod.y0);
      const [rx, ry] = [grip[0] - pivot.x, grip[1] - pivot.y];
      const [dx, dy] = [to[0] - grip[0], to[1] - grip[1]];
      // the moment of a spring from the grip to the mouse; counter-clockwise is positive
      const lever = (rx * dy - ry * dx) / (reach * reach);
      const torque = (PULL_STRENGTH * Math.max(-2, Math.min(2, lever))) / workbench.turningGain();
      workbench.push({ force: 0, torque, seconds });
      return `${shown(torque, 2)} N m`;
    },
    target(x) {
      workbench.moveTarget(x);
      view.didInvitation('target');
    },
    release() {
      workbench.history.mark('push', 'push');
      view.didInvitation('kick');
    },
  };
}
