// Forks the given entry, tells its own parent the child's number, and waits to be ended.
import { forkUnderNode } from './fork.mjs';

const child = forkUnderNode(process.argv[2]);
child.onMessage(() => process.send(child.pid));
