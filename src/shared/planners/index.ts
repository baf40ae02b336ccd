export { cem } from './cem';
export { icem } from './icem';
export { randomShooting } from './randomShooting';
