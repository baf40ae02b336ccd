/** How large a search is. */
export interface SearchSize {
  readonly population: number;
  readonly horizon: number;
  readonly iterations: number;
  readonly elites: number;
}
export const stepsOf = ({ population, horizon, iterations }: SearchSize): number => population * horizon * iterations;

/** Where all searches of the cart-pole begin: [position, velocity, angle, rate]. */
export const START = Float64Array.of(0.1, 0, 3, 0.2);
export const HANGING = Float64Array.of(0, 0, Math.PI, 0);
/** N */
export const LIMIT = 10;
/** Seconds. */
export const PERIOD = 0.02;
/** What the networks' log variances are held within. */
export const LOG_VARIANCES: readonly [number, number] = [-12, -2];
