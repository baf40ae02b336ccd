import type { SetupDescription } from '../../shared/contract/contract';
import { displayOf, plainSymbol } from '../theme/units';

/** One plot of the stack, as data: what is drawn in it and between which bounds. */
export interface Signal {
  readonly id: string;
  /** Short name in the plot's heading. */
  readonly symbol: string;
  readonly label: string;
  /** On screen; '' for a pure number. */
  readonly unit: string;
  readonly factor: number;
  readonly kind: 'state' | 'action' | 'costs' | 'costSoFar' | 'planMs' | 'lateness';
  /** Index of the state channel; −1 for others. */
  readonly channel: number;
  readonly wraps: boolean;
  /** Limit lines, screen units. */
  readonly limits: readonly number[];
  readonly limitLabel: string;
  readonly digits: number;
  /** Relative height in the stack. */
  readonly weight: number;
  /** Shown unless somebody chose otherwise. */
  readonly usual: boolean;
}

/**
 * The signals that a setup has, in the order of the stack.
 * @param deadlineMs  time that a plan may take: a period on the wall clock, longer in slow motion
 */
export function signalsOf(setup: SetupDescription, deadlineMs = setup.period * 1000): Signal[] {
  const { channels, stateLimits } = setup;
  const angle = channels.findIndex((channel) => channel.wraps === true);
  const place = channels.findIndex((channel, i) => channel.wraps !== true && stateLimits[i] !== null && stateLimits[i] !== undefined);
  const state = (i: number): Signal => {
    const channel = channels[i];
    const { unit, factor } = displayOf(channel.unit);
    const limits = (stateLimits[i] ?? []).map((limit) => limit * factor);
    const wraps = channel.wraps === true;
    return {
      id: channel.id,
      symbol: plainSymbol(channel),
      label: channel.label,
      unit,
      factor,
      kind: 'state',
      channel: i,
      wraps,
      limits,
      limitLabel: 'end of the rail',
      digits: unit === 'deg' ? 1 : unit === 'deg/s' ? 0 : unit === 'm' ? 3 : 2,
      weight: wraps ? 206 : 130,
      usual: i === angle || i === place || (place < 0 && i !== angle),
    };
  };
  const order = [angle, place, ...channels.map((_, i) => i)].filter((i, at, all) => i >= 0 && all.indexOf(i) === at);
  const action = displayOf(setup.action.unit);
  return [
    ...order.filter((i) => state(i).usual).map(state),
    {
      id: 'command',
      symbol: 'command',
      label: `${setup.action.label}: the command sent`,
      unit: action.unit,
      factor: action.factor,
      kind: 'action',
      channel: -1,
      wraps: false,
      limits: [-setup.actionLimit * action.factor, setup.actionLimit * action.factor],
      limitLabel: '',
      digits: 2,
      weight: 116,
      usual: true,
    },
    ...order.filter((i) => !state(i).usual).map(state),
    {
      id: 'costs',
      symbol: 'cost terms',
      label: 'Cost of each period, by term',
      unit: '',
      factor: 1,
      kind: 'costs',
      channel: -1,
      wraps: false,
      limits: [],
      limitLabel: '',
      digits: 2,
      weight: 128,
      usual: true,
    },
    {
      id: 'planMs',
      symbol: 'planner time',
      label: 'Time that planning took',
      unit: 'ms',
      factor: 1,
      kind: 'planMs',
      channel: -1,
      wraps: false,
      limits: [deadlineMs],
      limitLabel: `deadline ${deadlineMs.toFixed(0)} ms`,
      digits: 0,
      weight: 116,
      usual: true,
    },
    {
      id: 'lateness',
      symbol: 'lateness',
      label: 'How late a period began',
      unit: 'ms',
      factor: 1,
      kind: 'lateness',
      channel: -1,
      wraps: false,
      limits: [],
      limitLabel: '',
      digits: 2,
      weight: 116,
      usual: false,
    },
  ];
}
/** The same for a whole recorded episode: what it cost so far in place of the cost of each period, and no times of planning unless chosen. */
export const wholeSignalsOf = (setup: SetupDescription, deadlineMs?: number): Signal[] =>
  signalsOf(setup, deadlineMs).map((signal) =>
    signal.kind === 'costs'
      ? { ...signal, id: 'costSoFar', symbol: 'cost so far', label: 'Cost of the episode up to here', kind: 'costSoFar', digits: 0 }
      : signal.kind === 'planMs'
        ? { ...signal, usual: false }
        : signal,
  );
/** Those that are shown: the chosen ones, or the plant's own. */
export const shownSignals = (all: readonly Signal[], chosen: readonly string[] | null): Signal[] =>
  all.filter((signal) => (chosen === null ? signal.usual : chosen.includes(signal.id)));
