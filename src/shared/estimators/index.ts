/** The estimators of the house: one line each; the name is the id in recordings, schemas and flags. */
export { accelerationSpline } from './accelerationSpline';
export { measuredState } from './measuredState';
