import { integer, real } from '../settings';
import { defineEstimator, type EstimatorInstance, type SmoothedTransition } from './estimator';
import { SplineGains } from './splineGains';
import { continueAngle } from './unwrap';

/**
 * Positions in, states out: over the last periods the acceleration of each coordinate was constant within a period,
 * which is what a dynamics model assumes, so the estimate is the least-squares path of that form through all readings,
 * with a weak belief that accelerations are small. Its end is the estimate; its states some periods back, smoothed from
 * both sides, are the transitions that models are fitted on.
 *
 * The solution is linear in the readings and its matrix never changes, so it is worked out once and an update is a few
 * dot products. After a gap (a missing step, another number of readings) the path begins anew, its rate unknown.
 */
export const accelerationSpline = defineEstimator({
  label: 'Acceleration spline',
  source: 'Regularised least squares on a piecewise quadratic path, end and fixed-lag smoothed states.',
  settings: {
    window: integer({
      label: 'Window',
      unit: 'periods',
      default: 10,
      min: 2,
      max: 40,
      step: 1,
      applies: 'nextEpisode',
      expert: true,
      meaning: 'How far back the path reaches that is fitted to the readings.',
    }),
    smoothing: integer({
      label: 'Smoothing',
      unit: 'periods',
      default: 4,
      min: 1,
      max: 39,
      step: 1,
      applies: 'nextEpisode',
      expert: true,
      meaning: 'How late a transition is learnt from, so that readings on both sides smooth it; less than the window.',
    }),
    linearAcceleration: real({
      label: 'Cart acceleration',
      unit: 'm/s²',
      default: 15,
      min: 0.1,
      max: 1e4,
      step: 1,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
      meaning: 'Typical acceleration of what moves along a line; the smaller, the smoother.',
    }),
    angularAcceleration: real({
      label: 'Angular acceleration',
      unit: 'rad/s²',
      default: 40,
      min: 0.1,
      max: 1e4,
      step: 1,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
      meaning: 'Typical acceleration of what turns; the smaller, the smoother.',
    }),
    startRate: real({
      label: 'Rate at the start',
      unit: '1/s',
      default: 0.02,
      min: 1e-4,
      max: 100,
      step: 0.01,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
      meaning: 'How far from rest an episode may begin (m/s, rad/s).',
    }),
  },
  create({ plant, period, noise, readings }, settings): EstimatorInstance {
    const { coordinates } = plant.structure;
    const window = settings.window;
    const lag = Math.min(settings.smoothing, window - 1);
    const paths = coordinates.map(({ position }, index) => {
      const turns = plant.channels[position].wraps === true;
      const accelerations = turns ? settings.angularAcceleration : settings.linearAcceleration;
      const gains = new SplineGains({ period, readings, window, lag, noise: noise[index], accelerations, startRate: settings.startRate });
      return { turns, gains, readings: new Float64Array(window * readings + 1), last: NaN };
    });
    const n = plant.channels.length;
    const state = new Float64Array(n);
    const transition = { step: 0, state: new Float64Array(n), action: 0, next: new Float64Array(n) };
    const applied = new Float64Array(lag + 1); // of the newest periods, oldest first
    const ends = new Float64Array(6);
    let finished: SmoothedTransition | undefined;
    let lastStep = NaN;
    /** Whole periods in the path, at most `window`. */
    let length = 0;
    /** Whether the path still begins at the episode's start, at rest. */
    let fromRest = true;

    function begin(step: number, positions: Float64Array): void {
      fromRest = Number.isNaN(lastStep);
      length = 0;
      const newest = positions.length - coordinates.length;
      for (const [index, path] of paths.entries()) {
        path.last = path.turns ? continueAngle(positions[newest + index], path.last) : positions[newest + index];
        path.readings[0] = path.last;
        state[coordinates[index].position] = path.last;
        if (fromRest) state[coordinates[index].rate] = 0;
      }
      lastStep = step;
    }
    function append(positions: Float64Array): void {
      if (length === window) {
        fromRest = false;
        for (const path of paths) path.readings.copyWithin(0, readings);
      } else {
        length++;
      }
      const from = (length - 1) * readings + 1;
      for (const [index, path] of paths.entries()) {
        for (let j = 0; j < readings; j++) {
          const reading = positions[j * paths.length + index];
          path.last = path.turns ? continueAngle(reading, path.last) : reading;
          path.readings[from + j] = path.last;
        }
      }
    }
    return {
      state,
      get finished() {
        return finished;
      },
      reset() {
        finished = undefined;
        lastStep = NaN;
        for (const path of paths) path.last = NaN;
      },
      update(measurement) {
        finished = undefined;
        const { step, positions } = measurement;
        if (step !== lastStep + 1 || positions.length !== readings * paths.length) return begin(step, positions);
        append(positions);
        lastStep = step;
        applied.copyWithin(0, 1);
        applied[lag] = measurement.applied;
        for (const [index, { position, rate }] of coordinates.entries()) {
          paths[index].gains.apply(paths[index].readings, length, fromRest, ends);
          state[position] = ends[0];
          state[rate] = ends[1];
          transition.state[position] = ends[2];
          transition.state[rate] = ends[3];
          transition.next[position] = ends[4];
          transition.next[rate] = ends[5];
        }
        if (length <= lag) return;
        transition.step = step - 1 - lag;
        transition.action = applied[0];
        finished = transition;
      },
    };
  },
});
