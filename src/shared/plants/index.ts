/** The plants of the house: one line each; the name is the id in recordings, schemas and flags. */
export { cartPole } from './cartPole';
export { pendulum } from './pendulum';
