import type { Subject } from '../../state/subject';
import { rowAt } from '../../state/history';
import { displayOf, plainSymbol, shown } from '../../theme/units';

/** One line of the readout. */
export interface Reading {
  readonly symbol: string;
  readonly text: string;
  readonly unit: string;
}
const orderOf = (id: string) => ['angle', 'rate', 'position', 'velocity'].indexOf(id);

/** The state and the command at axis value `at`, in units of the screen. */
export function readingsOf({ setup, history }: Subject, at: number): readonly Reading[] {
  if (setup === undefined || history.count === 0) return [];
  const row = rowAt(history, at);
  const lines = setup.channels.map((channel, c) => {
    const { unit, factor } = displayOf(channel.unit);
    const value = history.state(row, c) * factor;
    const onCircle = channel.wraps === true ? value - 360 * Math.round(value / 360) : value;
    return {
      symbol: plainSymbol(channel),
      text: shown(onCircle, unit === 'deg' ? 1 : unit === 'deg/s' ? 0 : unit === 'm' ? 3 : 2),
      unit,
      order: orderOf(channel.id),
    };
  });
  const action = displayOf(setup.action.unit);
  return [
    ...lines.sort((a, b) => a.order - b.order),
    { symbol: 'command', text: shown(history.command(row) * action.factor, 2), unit: action.unit },
  ];
}
