/** A stretch of a file that says nothing, and why. Times in ns. */
export interface McapDamage {
  readonly fromByte: number;
  readonly toByte: number;
  /** Without a full stop. */
  readonly reason: string;
  /** False where only an index or a description is damaged. */
  readonly holdsMessages: boolean;
  /** Of the last good message before, and of the first one after; undefined when there is none. */
  readonly timeBefore: bigint | undefined;
  readonly timeAfter: bigint | undefined;
}

/** A hostile file may be damaged everywhere; the first ones tell enough. */
const MOST = 10_000;

/** Damage in the order of the file, with the times of the good messages around it. */
export class DamageLog {
  private readonly all: { -readonly [K in keyof McapDamage]: McapDamage[K] }[] = [];
  /** From here on the time after is not known yet. */
  private pending = 0;
  private time: bigint | undefined;
  /** How many more there were than are listed. */
  more = 0;

  add(fromByte: number, toByte: number, reason: string, holdsMessages: boolean): void {
    if (this.all.length >= MOST) this.more++;
    else this.all.push({ fromByte, toByte, reason, holdsMessages, timeBefore: this.time, timeAfter: undefined });
  }

  /** A good message was read. */
  message(time: bigint): void {
    for (; this.pending < this.all.length; this.pending++) this.all[this.pending]!.timeAfter = time;
    this.time = time;
  }

  get list(): readonly McapDamage[] {
    return [...this.all].sort((a, b) => a.fromByte - b.fromByte);
  }
}

/** `byte 1,048,600: a record claims 1 TB (limit 64 MB). …`, as it is printed behind the name of the file. */
export function damageSentence({ fromByte, toByte, reason }: McapDamage): string {
  const bytes = (toByte - fromByte).toLocaleString('en-US');
  return `byte ${fromByte.toLocaleString('en-US')}: ${reason}. The ${bytes} bytes from there on are left out.`;
}
