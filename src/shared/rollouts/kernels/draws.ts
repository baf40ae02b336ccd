import type { Drawing } from '../drawing';
import * as at from './layout';
import type { KernelMemory } from './memory';

/** Draws the candidates of a kernel's chunks in the kernel itself. */
export class KernelDraws {
  private bank: Float64Array | undefined;
  private bankAddress = 0;
  private bankRoom = 0;
  /** Steps that mean and spread have room for. */
  private room = 0;
  private readonly drawChunk: () => void;

  constructor(private readonly memory: KernelMemory) {
    this.drawChunk = memory.exports['draw'] as () => void;
  }
  /** What the next chunks are drawn from; the noise bank is copied when it is another one. */
  set({ bank, mean, spread, limit, family }: Drawing): void {
    const { memory } = this;
    const horizon = mean.length;
    if (horizon > this.room) {
      this.room = Math.max(horizon, 64);
      memory.setInt(at.DRAW_MEAN, memory.take(8 * this.room));
      memory.setInt(at.DRAW_SPREAD, memory.take(8 * this.room));
    }
    if (bank !== this.bank) {
      if (bank.length > this.bankRoom) {
        this.bankAddress = memory.take(8 * bank.length);
        this.bankRoom = bank.length;
      }
      memory.doubles.set(bank, this.bankAddress >> 3);
      memory.setInt(at.DRAW_BANK, this.bankAddress);
      this.bank = bank;
    }
    memory.doubles.set(mean, memory.ints[at.DRAW_MEAN >> 2] >> 3);
    memory.doubles.set(spread, memory.ints[at.DRAW_SPREAD >> 2] >> 3);
    memory.doubles[at.DRAW_LIMIT >> 3] = limit;
    memory.setInt(at.DRAW_FAMILY, family | 0);
  }
  /** The chunk that begins at FIRST_CANDIDATE. */
  draw(): void {
    this.drawChunk();
  }
}
