import type { RecordedEpisode } from '../../../shared/episodes/readEpisode';
import { headerTexts, type DecidedAction, type RecordedPeriod } from '../../../shared/episodes/record';
import type { Table, TableColumn } from './table';

/**
 * A recorded episode as a table in the plain form of the house: `time`, the estimates under the ids of their channels, and
 * `action`, the one that acted from a row on. What else a period holds follows.
 */
export function episodeTable({ header, periods, plans, events, timings, fanCount }: RecordedEpisode): Table {
  const { channels, action, costs } = header;
  const readings = Math.max(1, ...periods.map(({ positions }) => positions.length));
  const rates = Math.max(0, ...periods.map((period) => period.rates?.length ?? 0));
  const number = (name: string, unit: string, of: (period: RecordedPeriod, index: number) => number | null | undefined): TableColumn => {
    const all = periods.map((period, index) => of(period, index) ?? null);
    const values = Float64Array.from(all, (value) => value ?? 0);
    return all.includes(null)
      ? { name, unit, kind: 'number', values, missing: Uint8Array.from(all, (value) => (value === null ? 1 : 0)) }
      : { name, unit, kind: 'number', values };
  };
  const decided = (name: string, unit: string, of: (decided: DecidedAction) => number | null) =>
    number(name, unit, (period) => (period.decided === undefined ? null : of(period.decided)));
  const text = (name: string, of: (decided: DecidedAction) => string): TableColumn => ({
    name,
    unit: '',
    kind: 'text',
    values: periods.map((period) => (period.decided === undefined ? null : of(period.decided))),
  });
  const truth = (name: string, of: (period: RecordedPeriod) => boolean | null): TableColumn => ({
    name,
    unit: '',
    kind: 'truth',
    values: periods.map(of),
  });
  const several = (count: number, column: (i: number) => TableColumn) => Array.from({ length: count }, (_, i) => column(i));

  const columns: TableColumn[] = [
    number('time', 's', ({ time }) => time),
    ...channels.map(({ id, unit }, c) => number(id, unit, ({ state }) => state[c])),
    // what acted from this row on is known one row later
    number('action', action.unit, (_, index) => periods[index + 1]?.applied ?? 0),
    number('step', '', ({ step }) => step),
    number('rigTime', 's', ({ rigTime }) => rigTime),
    number('hostTime', 'ms', ({ hostTime }) => hostTime),
    number('applied', action.unit, ({ applied }) => applied),
    decided('chosen', action.unit, ({ chosen }) => chosen),
    decided('sent', action.unit, ({ sent }) => sent),
    text('basis', ({ basis }) => basis),
    text('verdict', ({ verdict }) => verdict),
    decided('planAge', 'periods', ({ planAge }) => planAge),
    decided('planMs', 'ms', ({ planMs }) => planMs),
    decided('latenessMs', 'ms', ({ latenessMs }) => latenessMs),
    truth('allowed', (period) => period.decided?.allowed ?? null),
    truth('explore', ({ explore }) => explore),
    truth('hasModel', ({ hasModel }) => hasModel),
    ...(periods.some((period) => period.truth !== undefined)
      ? channels.map(({ id, unit }, c) => number(`true ${id}`, unit, (period) => period.truth?.[c]))
      : []),
    ...costs.map((label, t) => number(`cost ${label}`, '', (period) => period.costs[t])),
    ...several(readings, (i) => number(`reading ${i + 1}`, '', ({ positions }) => positions[i])),
    ...several(rates, (i) => number(`rate reading ${i + 1}`, '', (period) => period.rates?.[i])),
  ];
  const left = (count: number, what: string, of = '') => (count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'} ${of}`.trimEnd()]);
  const inWords = [
    ...left(plans.length, 'plan'),
    ...left(fanCount, 'fan'),
    ...left(events.length, 'event'),
    ...left(timings.length, 'message', 'about timing'),
  ];
  return {
    title: `${header.plant}, episode ${header.episode + 1}, ${header.startedAt}`,
    rows: periods.length,
    columns,
    losses: [
      ...(inWords.length === 0 ? [] : [`A table has no place for ${inWords.join(', ').replace(/, ([^,]*)$/, ' and $1')}.`]),
      'Nothing acted after the last row; its action is 0.',
    ],
    metadata: headerTexts(header),
  };
}
