import { encodePlanFrame } from '../../shared/episodes/planFrame';
import { BAND_LEVELS, type PlanSearch, type SearchedPlan } from '../../shared/planners/planSearch';
import type { ResolvedSetup } from '../../shared/setups/resolve';

/** The picture of the plan that a search has just made, as a plan frame; undefined when there is none. @param ms  that it took */
export function planPicture(
  search: PlanSearch,
  plan: SearchedPlan,
  { period, instance }: ResolvedSetup,
  ms: number,
): Uint8Array | undefined {
  const picture = search.picture(plan);
  if (picture === undefined || plan.actions === undefined) return undefined;
  return encodePlanFrame({
    id: plan.id,
    step: plan.actsFrom,
    time: plan.actsFrom * period,
    rollouts: picture.fan.costs.length,
    horizon: plan.actions.length,
    period,
    cost: plan.cost,
    planMs: ms,
    size: instance.size,
    actions: Float32Array.from(plan.actions),
    states: Float32Array.from(picture.states),
    band: picture.band,
    bandLevels: picture.band.length === 0 ? 0 : BAND_LEVELS.length,
    costs: picture.fan.costs,
    tips: picture.fan.tips,
  });
}
