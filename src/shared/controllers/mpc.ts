import { choice, integer, real } from '../settings';
import { defineController, type ControllerInstance, type Decision, type Moment } from './controller';
import { BangBang } from './excitation';

/**
 * Model-predictive control: plan through the model from the state at which the plan will act, execute the first action,
 * plan again. While there is no model, or the learning algorithm explores, the actions are random. A plan that is late
 * is replaced by the one before it, shifted, for a few periods; then the fallback ladder: damp, then zero.
 */
export const mpc = defineController({
  label: 'Predictive (MPC)',
  source: 'Mayne et al. 2000; with a learned model: Chua et al. 2018; replanning through the commands under way is ours',
  settings: {
    replan: choice({
      label: 'Replan',
      choices: ['everyPeriod', 'once'],
      choiceLabels: ['every period', 'once, at the start'],
      default: 'everyPeriod',
      applies: 'nextEpisode',
      meaning: 'Plan anew each period, or execute the first plan to its end without feedback.',
    }),
    oldestPlan: integer({
      label: 'Oldest plan',
      unit: 'periods',
      min: 0,
      max: 20,
      step: 1,
      default: 2,
      applies: 'live',
      expert: true,
      meaning: 'An older plan is followed for so many periods when a new one is late.',
    }),
    dampSeconds: real({
      label: 'Damp for',
      unit: 's',
      min: 0,
      max: 5,
      step: 0.1,
      default: 0.3,
      applies: 'live',
      expert: true,
      meaning: 'Without a valid plan the motion is damped for so long, then the action is zero.',
    }),
  },
  create({ limit, period, seed, drivenRate, rateScale }, settings): ControllerInstance {
    const bangBang = new BangBang(limit, period, seed);
    let withoutPlan = 0;
    return {
      reset(episode) {
        bangBang.reset(episode);
        withoutPlan = 0;
      },
      wantsPlan: (moment) => moment.hasModel && !moment.explore && (settings.replan === 'everyPeriod' || moment.step === 0),
      act(moment): Decision {
        if (moment.explore || !moment.hasModel) return { action: bangBang.next(), basis: 'random', planAge: -1 };
        const planned = fromPlan(moment, settings.replan === 'once' ? Infinity : settings.oldestPlan);
        if (planned !== undefined) {
          withoutPlan = 0;
          return planned;
        }
        withoutPlan++;
        if (withoutPlan * period > settings.dampSeconds + 1e-9) return { action: 0, basis: 'zero', planAge: -1 };
        const push = -moment.state[drivenRate]! / rateScale;
        return { action: 0.3 * limit * Math.max(-1, Math.min(1, push)), basis: 'damp', planAge: -1 };
      },
    };
  },
});

function fromPlan({ plan, step, queue }: Moment, oldest: number): Decision | undefined {
  if (plan === undefined) return undefined;
  const index = step + queue.length - plan.actsFrom;
  if (index < 0 || index >= plan.actions.length || index > oldest) return undefined;
  const action = plan.actions[index]!;
  return Number.isFinite(action) ? { action, basis: index === 0 ? 'plan' : 'olderPlan', planAge: index } : undefined;
}
