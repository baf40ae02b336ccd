import type { Telemetry } from '../../shared/contract/contract';

/** The last seconds of telemetry, for a client that joins late. Blocks are kept whole, oldest first. */
export class TelemetryHistory {
  private readonly blocks: Telemetry[] = [];
  private rows = 0;

  constructor(private readonly mostRows: number) {}

  add(block: Telemetry): void {
    if (block.count === 0) return;
    this.blocks.push(block);
    this.rows += block.count;
    while (this.blocks.length > 1 && this.rows - this.blocks[0]!.count >= this.mostRows) this.rows -= this.blocks.shift()!.count;
  }
  clear(): void {
    this.blocks.length = 0;
    this.rows = 0;
  }
  get all(): readonly Telemetry[] {
    return this.blocks.slice();
  }
}
