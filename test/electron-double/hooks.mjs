// Given to node with --import: from then on `electron` means the recording double, for ES modules of any folder.
import { register } from 'node:module';

const double = new URL('./electron.mjs', import.meta.url).href;
const source = `export const resolve = (name, context, next) => (name === 'electron' ? { url: ${JSON.stringify(double)}, shortCircuit: true } : next(name, context));`;
register(`data:text/javascript,${encodeURIComponent(source)}`);
