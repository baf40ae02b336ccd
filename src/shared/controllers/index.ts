export { mpc } from './mpc';
export { random } from './random';
export { zero } from './zero';
