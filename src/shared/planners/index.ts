export { cem } from './cem';
export { randomShooting } from './randomShooting';
