import { angleDifference } from '../math/angles';
import type { DynamicsModel } from '../models/model';
import type { Plant } from '../plants/plant';
import type { GridStretch } from '../recordings/grid';

/** How far predictions stray from a recording after a number of steps without correction. */
export interface OpenLoopError {
  /** Id of the angle channel. */
  readonly channel: string;
  readonly steps: number;
  /** Root-mean-square error on the circle over all starts, rad; undefined when a start diverged or there is none. */
  readonly angleRmse: number | undefined;
  /** Grid times whose whole horizon lies inside one stretch. */
  readonly starts: number;
  /** Starts whose prediction was not finite at this horizon. */
  readonly diverged: number;
}

/** Anything that carries a batch of states one period on, in place: a model, or a trivial baseline. */
export type Step = (states: Float64Array, actions: Float64Array, count: number) => void;

/** The first of the two trivial baselines: the state stays what it is. */
export const nothingMoves: Step = () => {};

/** The second: every position goes on with the rate that it has. */
export const constantVelocity =
  (plant: Plant, period: number): Step =>
  (states, _actions, count) => {
    const size = plant.channels.length;
    for (const { position, rate } of plant.structure.coordinates) {
      for (let i = 0; i < count; i++) states[i * size + position] += states[i * size + rate]! * period;
    }
  };

/** The mean prediction of a model. */
export const meanOf =
  (model: DynamicsModel): Step =>
  (states, actions, count) =>
    model.predict(states, actions, count, -1);

/**
 * Open-loop prediction error: how far a prediction strays when it must live on itself under the recorded actions.
 *
 * From every grid time whose whole horizon lies inside its stretch, against the *recorded* angle, on the circle.
 *
 * @param stretches  a recording on the grid; nothing is predicted from one stretch into another
 * @param horizons   steps, each at least 1
 * @returns          one row for each horizon and each angle of the plant, horizons in the order given
 * Source: the compounding error of Venkatraman, Hebert & Bagnell 2015; here angles are compared on the circle.
 */
export function openLoopErrors(step: Step, stretches: readonly GridStretch[], horizons: readonly number[], plant: Plant): OpenLoopError[] {
  const angles = plant.channels.flatMap((channel, index) => (channel.wraps === true ? [{ id: channel.id, index }] : []));
  const sums = horizons.map(() => angles.map(() => ({ squares: 0, starts: 0, diverged: 0 })));
  for (const stretch of stretches) {
    const longest = Math.min(stretch.count - 1, Math.max(0, ...horizons));
    const size = plant.channels.length;
    const states = Float64Array.from(stretch.states);
    for (let done = 1; done <= longest; done++) {
      const starts = stretch.count - done; // of these, start k is now at grid time k + done
      step(states, stretch.actions.subarray(done - 1), starts);
      horizons.forEach((horizon, h) => {
        if (horizon !== done) return;
        angles.forEach(({ id, index }, a) => {
          const recorded = stretch.recorded.get(id)!;
          const sum = sums[h]![a]!;
          for (let k = 0; k < starts; k++) {
            const error = angleDifference(states[k * size + index]!, recorded[k + done]!);
            sum.starts++;
            if (Number.isFinite(error)) sum.squares += error * error;
            else sum.diverged++;
          }
        });
      });
    }
  }
  return horizons.flatMap((steps, h) =>
    angles.map(({ id }, a): OpenLoopError => {
      const { squares, starts, diverged } = sums[h]![a]!;
      // A mean over the survivors would flatter a model that diverged.
      return { channel: id, steps, angleRmse: starts > 0 && diverged === 0 ? Math.sqrt(squares / starts) : undefined, starts, diverged };
    }),
  );
}
