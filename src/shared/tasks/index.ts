/** The tasks of the house: one line each; the name is the id in recordings, schemas and flags. */
export { balance } from './balance';
export { swingUp } from './swingUp';
