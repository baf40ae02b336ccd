import { defineEstimator, type EstimatorInstance, type SmoothedTransition } from './estimator';
import { continueAngle } from './unwrap';

/** Takes positions and rates as they were measured; for comparison with the literature, where all states are measured. */
export const measuredState = defineEstimator({
  label: 'Measured state',
  source: 'As in PILCO and PETS, whose simulated plants report every state with a little noise.',
  settings: {},
  create({ plant }): EstimatorInstance {
    const { coordinates } = plant.structure;
    const n = plant.channels.length;
    const state = new Float64Array(n);
    const transition = { step: 0, state: new Float64Array(n), action: 0, next: new Float64Array(n) };
    let lastStep = NaN;
    let finished: SmoothedTransition | undefined;
    return {
      state,
      get finished() {
        return finished;
      },
      reset() {
        lastStep = NaN;
        finished = undefined;
        state.fill(NaN);
      },
      update({ step, positions, rates, applied }) {
        if (rates === undefined) {
          throw new RangeError('This rig does not measure rates: choose the estimator accelerationSpline, or set rig.rates to measured.');
        }
        transition.state.set(state);
        const newest = positions.length - coordinates.length;
        for (const [index, { position, rate }] of coordinates.entries()) {
          const reading = positions[newest + index];
          state[position] = plant.channels[position].wraps
            ? continueAngle(reading, Number.isNaN(lastStep) ? NaN : state[position])
            : reading;
          state[rate] = rates[index];
        }
        finished = undefined;
        if (step === lastStep + 1) {
          transition.step = lastStep;
          transition.action = applied;
          transition.next.set(state);
          finished = transition;
        }
        lastStep = step;
      },
    };
  },
});
