import type { ExportForm, RecordingCalls, RecordingWork } from '../../shared/contract/contract';
import type { Library, RecordingMarks, RecordingSummary } from '../../shared/episodes/library';
import { Player } from './player.svelte';
import { isOf, matches, needsRecovery, titleOf, type RecordingKind } from './recordingList';
import { Replay } from './replay.svelte';

/** What the recordings need of the link to the workbench. */
export interface RecordingDoor {
  /** Undefined while there is no connection. */
  readonly recordings: RecordingCalls | undefined;
  onRecordingsChanged(listener: () => void): void;
  onRecordingWork(listener: (work: RecordingWork | null) => void): void;
  note(level: 'note' | 'warning', text: string): void;
}
/** At what the second recording is laid over the first. */
export type Alignment = 'start' | 'upright' | 'end' | 'byHand';

/** The folder is asked for again at most so often, ms: while a loop records, it changes with every episode. */
const LEAST_GAP_MS = 1500;

/** The recordings as this page shows them: the folder, what was chosen in it, and the one or two that are replayed. */
export class Recordings {
  library = $state.raw<Library | undefined>(undefined);
  search = $state('');
  kind = $state<RecordingKind>('all');
  /** Names, in the order in which they were chosen: the first is A, the second B. */
  chosen = $state.raw<readonly string[]>([]);
  a = $state.raw<Replay | undefined>(undefined);
  b = $state.raw<Replay | undefined>(undefined);
  /** Why A or B cannot be shown; empty when they can. */
  trouble = $state('');
  alignment = $state<Alignment>('start');
  /** Seconds by which B is moved to the right. */
  shift = $state(0);
  /** Seconds of A that the plots show; undefined: all. */
  span = $state.raw<{ readonly from: number; readonly to: number } | undefined>(undefined);
  /** What is being done, in words; empty when nothing is. */
  busy = $state('');
  /** An import or export that is under way, whoever asked for it. */
  work = $state.raw<RecordingWork | null>(null);
  readonly player = new Player();
  private shown = false;
  private askedAt = -Infinity;
  private timer: number | undefined;
  private opening = 0;

  constructor(
    private readonly door: RecordingDoor,
    private readonly now: () => number = () => performance.now(),
  ) {
    door.onRecordingsChanged(() => this.soon());
    door.onRecordingWork((work) => (this.work = work));
  }

  /** Those that the search and the chip let through, newest first. */
  get listed(): readonly RecordingSummary[] {
    return (this.library?.recordings ?? []).filter((one) => isOf(this.kind, one) && matches(this.search, one));
  }
  countOf(kind: RecordingKind): number {
    return (this.library?.recordings ?? []).filter((one) => isOf(kind, one)).length;
  }
  summaryOf(name: string | undefined): RecordingSummary | undefined {
    return name === undefined ? undefined : this.library?.recordings.find((one) => one.name === name);
  }
  /** A or B for what is replayed, a tick for what is chosen beside it, nothing for the rest. */
  badgeOf(name: string): string {
    if (!this.chosen.includes(name)) return '';
    return name === this.a?.name ? 'A' : name === this.b?.name ? 'B' : '✓';
  }
  /** The one that the card is about. */
  get first(): RecordingSummary | undefined {
    return this.summaryOf(this.chosen[0]);
  }
  /** Seconds of A that the plots show. */
  get window(): { readonly from: number; readonly to: number } {
    return this.span ?? { from: this.player.from, to: this.player.to };
  }

  /** On each frame: time goes on, and what is looked at is loaded. @param now  ms */
  follow(now: number): void {
    this.player.tick(now);
    const { from, to } = this.window;
    this.a?.follow({ from, to });
    this.b?.follow({ from: from - this.shift, to: to - this.shift });
  }
  /** Zooms the plots around a time, seconds of A. @param factor  below 1: closer */
  zoom(around: number, factor: number): void {
    const { from, to } = this.window;
    const whole = this.player.to - this.player.from;
    const wide = Math.max(4 * this.player.step, (to - from) * factor);
    if (wide >= whole) return void (this.span = undefined);
    const left = Math.max(this.player.from, Math.min(this.player.to - wide, around - ((around - from) / (to - from)) * wide));
    this.span = { from: left, to: left + wide };
  }
  /** The screen is looked at: the folder is kept up to date from now on. */
  show(): void {
    this.shown = true;
    void this.refresh();
  }
  hide(): void {
    this.shown = false;
    this.player.playing = false;
    window.clearTimeout(this.timer);
    this.timer = undefined;
  }
  private soon(): void {
    if (!this.shown || this.timer !== undefined) return;
    const wait = Math.max(0, this.askedAt + LEAST_GAP_MS - this.now());
    this.timer = window.setTimeout(() => void this.refresh(), wait);
  }
  async refresh(): Promise<void> {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.askedAt = this.now();
    const library = await this.tried((calls) => calls.recordings());
    if (library === undefined) return;
    this.library = library;
    const there = this.chosen.filter((name) => this.summaryOf(name) !== undefined);
    if (there.length < this.chosen.length) await this.choose(there);
  }

  // ── choosing ──

  /** Opens the first two of these names that are whole: A and B. */
  async choose(names: readonly string[]): Promise<void> {
    this.chosen = names;
    const turn = ++this.opening;
    this.trouble = '';
    const whole = names.filter((name) => (this.summaryOf(name)?.state ?? 'whole') === 'whole');
    const [a, b] = await Promise.all([this.opened(whole[0]), this.opened(whole[1])]);
    if (turn !== this.opening) return; // something else was chosen meanwhile
    const isOther = a !== this.a;
    this.a = a;
    this.b = b;
    if (a !== undefined) a.cursor = () => this.player.time;
    if (b !== undefined) b.cursor = () => this.player.time - this.shift;
    if (isOther) {
      this.span = undefined;
      this.player.playing = false;
    }
    if (a !== undefined) this.player.load(0, a.seconds, a.period);
    this.align(isOther && this.alignment === 'byHand' ? 'start' : this.alignment);
  }
  /** Chosen or not, beside the others. */
  toggle(name: string): void {
    void this.choose(this.chosen.includes(name) ? this.chosen.filter((other) => other !== name) : [...this.chosen, name]);
  }
  /** All from the one that was chosen last to this one, in the order of the list. */
  chooseTo(name: string): void {
    const names = this.listed.map((one) => one.name);
    const [from, to] = [names.indexOf(this.chosen.at(-1) ?? name), names.indexOf(name)];
    if (from < 0 || to < 0) return;
    const range = from <= to ? names.slice(from, to + 1) : names.slice(to, from + 1).reverse();
    void this.choose([...this.chosen.filter((other) => !range.includes(other)), ...range]);
  }
  /** The next or the one before, as arrow keys do. */
  chooseBeside(by: 1 | -1): void {
    const names = this.listed.map((one) => one.name);
    const at = names.indexOf(this.chosen[0] ?? '');
    const next = names[at < 0 ? 0 : Math.max(0, Math.min(names.length - 1, at + by))];
    if (next !== undefined) void this.choose([next]);
  }
  /** B becomes A. */
  swap(): void {
    const [a, b, ...rest] = this.chosen;
    if (a !== undefined && b !== undefined) void this.choose([b, a, ...rest]);
  }

  private async opened(name: string | undefined): Promise<Replay | undefined> {
    if (name === undefined) return undefined;
    const known = [this.a, this.b].find((replay) => replay?.name === name);
    if (known !== undefined) return known;
    const { recordings } = this.door;
    if (recordings === undefined) return undefined;
    try {
      return await Replay.open(name, recordings);
    } catch (error) {
      this.trouble = `${titleOf(name)}: ${said(error)}`;
      return undefined;
    }
  }

  // ── laying B over A ──

  align(alignment: Alignment): void {
    this.alignment = alignment;
    const [a, b] = [this.a?.opened.summary, this.b?.opened.summary];
    if (alignment === 'byHand') return;
    if (a === undefined || b === undefined || alignment === 'start') this.shift = 0;
    else if (alignment === 'end') this.shift = a.seconds - b.seconds;
    else this.shift = this.canAlignUpright ? a.uprightFrom - b.uprightFrom : 0;
  }
  /** Full turns that bring the end of B's angle to that of A: two poles that stand lie on each other, however they came up. */
  get turns(): number {
    const last = (replay: Replay | undefined): number => {
      const angle = replay?.setup.channels.findIndex(({ wraps }) => wraps === true) ?? -1;
      return replay === undefined || angle < 0 || replay.overview.count === 0 ? 0 : replay.overview.state(replay.overview.count - 1, angle);
    };
    return Math.round((last(this.a) - last(this.b)) / (2 * Math.PI));
  }
  get canAlignUpright(): boolean {
    return [this.a, this.b].every((replay) => replay !== undefined && Number.isFinite(replay.opened.summary.uprightFrom));
  }
  shiftBy(seconds: number): void {
    this.alignment = 'byHand';
    this.shift = seconds;
  }

  // ── what happens to files ──

  async mark(name: string, marks: RecordingMarks): Promise<void> {
    const { library } = this;
    // shown at once, so that the next word does not go back behind this one
    if (library !== undefined)
      this.library = { ...library, recordings: library.recordings.map((one) => (one.name === name ? { ...one, marks } : one)) };
    await this.tried((calls) => calls.markRecording({ name, marks }));
    await this.refresh();
  }
  /** Into the system's trash. */
  async trash(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.whileBusy('moving to the trash', (calls) => calls.trashRecordings({ names: [...names] }));
    await this.refresh();
  }
  async recover(name: string): Promise<void> {
    const done = await this.whileBusy(`recovering ${titleOf(name)}`, (calls) => calls.recoverRecording({ name }));
    if (done === undefined) return;
    this.door.note('note', done.words);
    await this.refresh();
    if (done.name !== null) await this.choose([done.name]);
  }
  /** @param path  of a file of this computer @returns whether it is in the folder now */
  async import(path: string): Promise<boolean> {
    const done = await this.whileBusy('importing', (calls) => calls.importRecording({ path }));
    if (done === undefined) return false;
    this.door.note('note', [`${titleOf(done.name)} was imported.`, ...done.notes].join(' '));
    await this.refresh();
    await this.choose([done.name]);
    return true;
  }
  async export(name: string, form: ExportForm): Promise<void> {
    const done = await this.whileBusy(`exporting ${titleOf(name)}`, (calls) => calls.exportRecording({ name, form }));
    if (done !== undefined) this.door.note('note', [`${done.path} was written.`, ...done.notes].join(' '));
  }
  cancelWork(): void {
    void this.tried((calls) => calls.cancelRecordingWork());
  }
  /** All that need it, one after the other. */
  async recoverAll(): Promise<void> {
    for (const { name } of (this.library?.recordings ?? []).filter(needsRecovery)) await this.recover(name);
  }
  showInFolder(name?: string): void {
    void this.tried((calls) => (name === undefined ? calls.showRecordings() : calls.showRecording({ name })));
  }

  private async whileBusy<T>(what: string, call: (calls: RecordingCalls) => Promise<T>): Promise<T | undefined> {
    this.busy = what;
    try {
      return await this.tried(call);
    } finally {
      this.busy = '';
    }
  }
  /** What goes wrong is said. */
  private async tried<T>(call: (calls: RecordingCalls) => Promise<T>): Promise<T | undefined> {
    const { recordings } = this.door;
    if (recordings === undefined) return undefined; // the loss itself is on screen
    try {
      return await call(recordings);
    } catch (error) {
      this.door.note('warning', said(error));
      return undefined;
    }
  }
}
const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
