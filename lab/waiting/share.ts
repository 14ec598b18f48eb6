/** How often chance may leave the bounds: less than once in a million runs. */
const CHANCE = 1e-6;

/** The fewest and the most of so many draws that one with this probability can take, but for that chance. */
export function drawsOf(probability: number, draws: number): { readonly least: number; readonly most: number } {
  const shares = binomial(probability, draws);
  let [least, most] = [0, draws];
  for (let tail = shares[least] ?? 0; tail < CHANCE / 2; tail += shares[least] ?? 1) least += 1;
  for (let tail = shares[most] ?? 0; tail < CHANCE / 2; tail += shares[most] ?? 1) most -= 1;
  return { least, most };
}

/** The probability of every number of draws, from none to all. */
function binomial(probability: number, draws: number): readonly number[] {
  const odds = probability / (1 - probability);
  const shares = [(1 - probability) ** draws];
  for (let taken = 1; taken <= draws; taken++) shares.push((shares[taken - 1] ?? 0) * odds * ((draws - taken + 1) / taken));
  return shares;
}
