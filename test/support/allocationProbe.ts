// Measured in a thread of its own, built as the product is: the test runner's modules are compiled another way.
import { parentPort } from 'node:worker_threads';
import { allocations } from '../../src/main/headless/commands/bench/allocation';

parentPort!.postMessage(await allocations(1));
