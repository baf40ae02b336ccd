export { iterativeMpc } from './iterativeMpc';
export { iterative } from './iterative';
export { oneShot } from './oneShot';
