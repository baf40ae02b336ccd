import type { Measurement } from '../../shared/estimators/estimator';

/**
 * Something that can be driven, one control period at a time.
 * A command sent for step k acts `delay` seconds after t_k: transport and computing together. The rig says what it
 * really applied; nobody else knows.
 */
export interface Rig {
  /** Whole periods between t_k and the moment the command of step k acts: commands that are under way at t_k. */
  readonly commandsUnderWay: number;
  /** Puts the rig at its start (a simulated one: the given pose at rest) and reads it. */
  start(state: Float64Array | undefined): Measurement;
  /** Hands over the command of step k, already through the gate. Action units. */
  send(step: number, command: number): void;
  /** Lets one period pass and reads the sensors at its end. */
  advance(): Measurement;
  /** Adds a push for some time: a torque on the pendulum (N m) and a force on the cart (N), as a hand would. */
  push(push: { readonly force: number; readonly torque: number; readonly seconds: number }): void;
  /** The true state, known of simulated rigs only; for pictures and judgement, never for control. */
  readonly truth: Float64Array | undefined;
}
