/** What chance let through so rarely is not walked any further round by round. */
const HARDLY_EVER = 1e-6;

/** When a packet came by: with which TTL, and how often something had varied until then. */
type Visit = { readonly ttl: number; readonly varied: number };

/** The rounds of a packet that goes in circles, and whether the next one is bound to be like the last. */
export class Rounds {
  /** Set when a packet came by the same place again. */
  isLooped = false;
  readonly #visits = new Map<string, Visit>();
  #varied = 0;
  #likelihood = 1;

  /** Something was decided by chance, or by the TTL: it may be decided otherwise the next time. */
  vary(probability = 1): void {
    this.#varied++;
    this.#likelihood *= probability;
  }

  /** Begins the way of another packet. */
  restart(): void {
    this.isLooped = false;
    this.#visits.clear();
  }

  /** The TTL with which a packet goes on from a place: rounds that are bound to be like the one it came by are spared. */
  spared(place: string, ttl: number): number {
    const before = this.#visits.get(place);
    this.#visits.set(place, { ttl, varied: this.#varied });
    if (before === undefined || before.ttl <= ttl) return ttl;
    this.isLooped = true;
    // what comes without a TTL, as a rule may send it on (xt_HL.c hl_tg6), goes no further (ip6_output.c ip6_forward)
    if (ttl <= 1) return ttl;
    if (before.varied !== this.#varied && this.#likelihood > HARDLY_EVER) return ttl;
    const round = before.ttl - ttl;
    return ttl - round * Math.floor((ttl - 1) / round);
  }
}
