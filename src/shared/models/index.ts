/** The models of the house: one line each; the name is the id in recordings, schemas and flags. */
export { ensemble } from './ensemble';
export { gaussianProcess } from './gaussianProcess';
export { linear } from './linear';
export { physics } from './physics';
