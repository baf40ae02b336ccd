import { fieldsOf, json, numberIn, numbersIn, RecordRefused } from './recordJson';

/** Upper edges of the bins of both histograms, ms; what is later still goes into one more bin. */
export const timingEdges = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] as const;

/** How punctual an episode was, from its beginning on: whole in each message, so that the newest one suffices. */
export interface RecordedTiming {
  readonly step: number;
  /** Periods that were decided. */
  readonly periods: number;
  /** [edges + 1], periods by the lateness of their beginning; those of a stepped clock have none. */
  readonly lateness: readonly number[];
  /** [edges + 1], plans by the time that they took. */
  readonly planning: readonly number[];
  /** Plans that were not there when they were to act. */
  readonly latePlans: number;
  /** Records that found no room on their way to the recording. */
  readonly dropped: number;
}
export const timingText = (timing: RecordedTiming): string => json(timing);

/** @throws RecordRefused in words */
export function readTiming(text: string): RecordedTiming {
  const fields = fieldsOf(text, 'a timing');
  const step = numberIn(fields, 'step', 'a timing');
  const place = `the timing of step ${step}`;
  const number = (name: string) => numberIn(fields, name, place);
  const counts = (name: string) => {
    const all = numbersIn(fields, name, place);
    if (all.length !== timingEdges.length + 1)
      throw new RecordRefused(`${place}: "${name}" has ${all.length} counts; there are ${timingEdges.length + 1} bins.`);
    return all;
  };
  return {
    step,
    periods: number('periods'),
    lateness: counts('lateness'),
    planning: counts('planning'),
    latePlans: number('latePlans'),
    dropped: number('dropped'),
  };
}
