import type { SubjectMessage } from '../../src/main/control/subject';
import { Features } from '../../src/shared/models/features';
import type { ModelHeader, Prior } from '../../src/shared/models/model';
import type { Activation } from '../../src/shared/models/network/activation';
import { freshMoments } from '../../src/shared/models/network/adamW';
import { EnsembleModel, type Symmetry } from '../../src/shared/models/network/ensembleModel';
import { networkLayout } from '../../src/shared/models/network/layout';
import { initialParameters } from '../../src/shared/models/network/train';
import type { Propagation, RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { headerFor } from './modelHeader';

const MEMBERS = 3;

export interface NetworkCase {
  readonly setup: 'light' | 'pilco' | 'pendulum';
  readonly widths: readonly number[];
  readonly activation: Activation;
  readonly symmetry: Symmetry;
  readonly priors: readonly Prior[];
}
const small: NetworkCase = { setup: 'light', widths: [16, 16], activation: 'silu', symmetry: 'none', priors: ['integrates', 'placeFree'] };

/** Three networks that state their noise, as they are before the first training step; small ones on the light cart-pole when nothing is said. */
export function networkSubject(
  which: Partial<NetworkCase> = {},
  propagation?: Propagation,
): RolloutSubject & { readonly model: EnsembleModel } {
  const { setup, widths, activation, symmetry, priors } = { ...small, ...which };
  const resolved = resolveSetup(builtInSetups[setup]!);
  const { plant, instance, period, cost } = resolved;
  const features = new Features(plant, instance.actionLimit, period, priors);
  const outputs = features.outputs.length;
  const layout = networkLayout(MEMBERS, features.inputs.length, widths, 2 * outputs);
  const parts = { activation, loss: 'gaussianLikelihood', symmetry } as const;
  const scales = Float64Array.from(features.outputs, (_, o) => 2 + o);
  const structure = { actionLimit: instance.actionLimit, members: MEMBERS, widths, ...parts, scales: [...scales], optimiserSteps: 0 };
  const header: ModelHeader = { ...headerFor(resolved, 'ensemble'), priors: features.priors, structure };
  const parameters = initialParameters(layout, 7, { weightScale: 1.4, biasScale: 0.3, lastScale: 0.6 });
  const model = new EnsembleModel(header, features, { layout, ...parts, scales }, parameters, freshMoments(layout.size));
  return { plant, instance, model, cost, ...(propagation && { propagation }) };
}
/** The small ones as they cross to a thread. */
export function networkMessage(): SubjectMessage {
  const { setup, settings } = resolveSetup(builtInSetups.light!);
  const { model, cost } = networkSubject();
  return { plant: setup.plant, plantSettings: settings.plant, model: model.save(), cost };
}
