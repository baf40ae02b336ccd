/** Members of a training that threads take in turn. */
import { expect, test } from 'vitest';
import { loadKernels } from '../../../src/main/workers/kernels';
import { KernelNetwork } from '../../../src/shared/models/network/kernelNetwork';
import { packMember } from '../../../src/shared/models/network/kernelPlaces';
import { boardFor, MemberBoard } from '../../../src/shared/models/network/memberBoard';
import { MemberWork } from '../../../src/shared/models/network/memberWork';
import { sineCourse } from './sineCourse';

const portable = loadKernels().module('training', 'portable');

function prepared() {
  const { course, parameters, moments } = sineCourse();
  const network = () => new KernelNetwork(portable, course);
  const { places } = network();
  const { board, shared } = boardFor(course, places.size);
  for (let member = 0; member < board.members; member++) packMember(course, places, member, parameters, moments, board.numbersOf(member));
  return { board, shared, course, size: places.size, worker: () => new MemberWork(network(), course, board, 0) };
}

test('a free member that is furthest behind is taken, and none beyond the limit', () => {
  const { board } = prepared();
  expect(board.take()).toBe(-1); // nothing is allowed yet
  board.allow(10);
  expect([board.take(), board.take(), board.take(), board.take()]).toEqual([0, 1, 2, -1]);
  board.giveBack(1, 8, false);
  board.giveBack(2, 4, false);
  expect([board.take(), board.least]).toEqual([2, 0]);
  board.giveBack(2, 10, false);
  board.giveBack(0, 10, false);
  expect([board.take(), board.take()]).toEqual([1, -1]);
  board.giveBack(1, 10, false);
  expect([board.take(), board.least]).toEqual([-1, 10]);
});

test('a member that is stuck is not taken again, and nobody waits for it', () => {
  const { board } = prepared();
  board.allow(10);
  board.giveBack(board.take(), 3, true);
  board.giveBack(board.take(), 10, false);
  board.giveBack(board.take(), 10, false);
  expect([board.take(), board.least]).toEqual([-1, 10]);
});

test('members that go from thread to thread end with the same bits as those of one thread', () => {
  const STEPS = 200;
  const trained = (threads: number) => {
    const { board, worker } = prepared();
    const workers = Array.from({ length: threads }, worker);
    board.allow(STEPS);
    for (let turn = 0; workers[turn % threads].doTask(); turn++);
    expect(board.least).toBe(STEPS);
    return [0, 1, 2].map((member) => ({ numbers: board.numbersOf(member), loss: board.lossOf(member, STEPS - 1) }));
  };
  const alone = trained(1);
  expect(trained(2)).toEqual(alone); // three members and two threads: each is trained by both
  expect(trained(3)).toEqual(alone);
});

test('another thread sees the same board in the same memory', () => {
  const { board, shared, size } = prepared();
  const other = new MemberBoard(shared.memory, board.members, size, shared.passes);
  board.allow(5);
  const member = other.take();
  other.numbersOf(member)[7] = 42;
  other.setLoss(member, 300, 0.5);
  other.giveBack(member, 5, false);
  expect([board.numbersOf(member)[7], board.lossOf(member, 300), board.stepsOf(member)]).toEqual([42, 0.5, 5]);
  board.end();
  expect(other.over).toBe(true);
});
