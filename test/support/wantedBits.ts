/**
 * What `hashesOfNoisyPlans` gives on every engine. A change of planner, kernel or model that is meant to change numbers
 * changes these; anything else that does is a fault.
 */
export const WANTED_BITS: Readonly<Record<string, string>> = {
  'networks with noise': 'ea78ac2b082b019f',
  'exactly odd networks, tanh, with noise': 'ff8aa15cdf889381',
  'the equations of motion': '97412630839683a4',
  'a Gaussian process': '22fc3236da028d2d',
};
