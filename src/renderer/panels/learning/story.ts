import type { LearningState } from '../../../shared/contract/contract';
import { shown } from '../../theme/units';

const times = (count: number) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** How far learning has come, in at most two short sentences. */
export function story(learning: LearningState): string[] {
  const { swungUpAfterSeconds, uprightForSeconds, fits, lastFitAtSeconds, experienceSeconds, fault } = learning;
  if (fault !== '') return [fault];
  const where =
    swungUpAfterSeconds !== null
      ? `Swung up after ${shown(swungUpAfterSeconds, 1)} s.`
      : uprightForSeconds !== null && uprightForSeconds > 0.3
        ? `Up for ${shown(uprightForSeconds, 1)} s, not yet to the end.`
        : fits === 0
          ? 'Random actions, to learn from.'
          : 'First swing-up under way.';
  const fitted =
    fits === 0
      ? []
      : [
          `Fitted ${times(fits)}${lastFitAtSeconds === null ? '' : `, last ${shown(Math.max(0, experienceSeconds - lastFitAtSeconds), 1)} s ago`}.`,
        ];
  return [where, ...fitted];
}

/** The heading over the model's losses. It says that they fall only while the newest is nearer to the least than to the first. */
export function lossTitle(losses: ArrayLike<number>): string {
  const values = Array.from(losses);
  const [first, last] = [values[0], values[values.length - 1]];
  const least = Math.min(...values);
  if (last < first && last - least <= first - last) return 'The model’s loss falls too';
  return last > least ? 'The loss rose with new data' : 'The model’s loss after each fit';
}

/** The heading over the costs. Only episodes that are over count: one that has just begun hangs, which costs the most. */
export function costTitle(episodes: LearningState['episodes']): string {
  const rates = episodes.filter(({ seconds, ended }) => ended !== '' && seconds > 1).map(({ cost, seconds }) => cost / seconds);
  if (rates.length < 2) return 'Cost over experience';
  return Math.min(...rates.slice(1)) < rates[0] ? 'Cost falls with experience' : 'Cost has not fallen yet';
}
