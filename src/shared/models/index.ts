/** The models of the house: one line each; the name is the id in recordings, schemas and flags. */
export { physics } from './physics';
