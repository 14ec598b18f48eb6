import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Asked } from './conntrack/connection.ts';
import type { Odds } from './odds.ts';

/** What an address may still send of errors (struct inet_peer): milliseconds saved, and when they were counted. */
export type ErrorTokens = { readonly saved: number; readonly at: number };

/** An address on a list of `-m recent`: the TTL, when it was seen in milliseconds after the reading, how often at times that nobody told. */
export type RecentNote = { readonly ttl: number; readonly seen: readonly number[]; readonly untold: number };

/** What packets did to an element: it is in, also until a time in milliseconds after the reading, or out. */
export type ElementNote = 'in' | { readonly until: number } | 'out';

/** How a limit's tokens come back: per millisecond, of which so many are saved for sure, and `top` at most; all of them when nobody asked for so long. */
export type Limit = { readonly perMs: number; readonly burst: number; readonly top: number; readonly forgottenMs?: number };

/** What is left of a limit's tokens at a time, in milliseconds after the reading: so many for sure, and at most so many. */
export type LimitNote = { readonly least: number; readonly most: number; readonly at: number; readonly limit: Limit };

/** What all packets share and use up: how much there surely was when it was first asked for, and how often it was asked for since. */
export type Ration = { readonly had: number; readonly asked: number };

/** What packets leave behind beside connections. Immutable, handed from one run to the next. */
export type Notes = {
  /** Where bridges learnt an address: `namespace bridge vlan mac` → the port. */
  readonly learnt: ReadonlyMap<string, string>;
  /** Where VXLAN devices learnt an address: `namespace device mac` → the remote. */
  readonly remotes: ReadonlyMap<string, Ip>;
  /** Who asked for a neighbour, and is known since to whom it asked: `namespace device address` → its Ethernet address. */
  readonly askers: ReadonlyMap<string, Mac>;
  /** Who answered for a neighbour that was asked for, in the same words: whoever cannot ask uses that too. */
  readonly answerers: ReadonlyMap<string, Mac>;
  /** Connections that were opened at listening sockets and not reset since: `namespace protocol local port remote port`. */
  readonly opened: ReadonlySet<string>;
  /** What hashes picked, by place. */
  readonly picked: ReadonlyMap<string, number>;
  /** How many errors each namespace may still send to an address: `namespace address`; `null`: all. */
  readonly errors: ReadonlyMap<string, Odds<ErrorTokens | null>>;
  /** Connections of IPVS, by namespace and what either side's packets carry; `null`: gone. */
  readonly ipvs: ReadonlyMap<string, IpvsTrack | null>;
  /** Elements that packets put into sets of nft and ipset, or took out, by namespace, table, set and key; `?` is one that nobody knows. */
  readonly elements: ReadonlyMap<string, ElementNote>;
  /** Addresses on lists of `-m recent`, by namespace, list and address (`*`: all that are not noted); `null`: none, `?`: nobody knows. */
  readonly recents: ReadonlyMap<string, RecentNote | null | '?'>;
  /** What is left of the limits of rules, by namespace and rule; `null`: what was read. */
  readonly limits: ReadonlyMap<string, Odds<LimitNote | null>>;
  /** What was asked for of limits and errors. */
  readonly rations: ReadonlyMap<string, Ration>;
  /** Answers that forgotten connections expected, by namespace and tuple: a port that is drawn later is hardly theirs. */
  readonly forgotten: ReadonlySet<string>;
  /** Forgotten connections of which a port was drawn that nobody saw, by namespace and tuples: what comes to a port of the range may be for them. */
  readonly gone: ReadonlyMap<string, Asked>;
};

export const NO_NOTES: Notes = {
  learnt: new Map(),
  remotes: new Map(),
  askers: new Map(),
  answerers: new Map(),
  opened: new Set(),
  picked: new Map(),
  errors: new Map(),
  ipvs: new Map(),
  elements: new Map(),
  recents: new Map(),
  limits: new Map(),
  rations: new Map(),
  forgotten: new Set(),
  gone: new Map(),
};

/** What the rules of a table note for the packets after this one: two ways that note the same have the same text. */
export const rulesNoted = ({ elements, recents, limits }: Notes): string =>
  JSON.stringify([elements, recents, limits].map((noted: ReadonlyMap<string, unknown>) => [...noted].sort()));

/** The notes of one run while it goes on. */
export class Notebook {
  readonly #before: Notes;
  #learnt: Map<string, string> | undefined;
  #remotes: Map<string, Ip> | undefined;
  #askers: Map<string, Mac> | undefined;
  #answerers: Map<string, Mac> | undefined;
  #opened: Set<string> | undefined;
  #picked: Map<string, number> | undefined;
  #errors: Map<string, Odds<ErrorTokens | null>> | undefined;
  #ipvs: Map<string, IpvsTrack | null> | undefined;
  #elements: Map<string, ElementNote> | undefined;
  #recents: Map<string, RecentNote | null | '?'> | undefined;
  #limits: Map<string, Odds<LimitNote | null>> | undefined;
  #rations: Map<string, Ration> | undefined;
  #forgotten: Set<string> | undefined;
  #gone: Map<string, Asked> | undefined;

  constructor(before: Notes) {
    this.#before = before;
  }

  learntPort(bridge: string, vlan: number, mac: Mac): string | undefined {
    return (this.#learnt ?? this.#before.learnt).get(`${bridge} ${vlan} ${mac}`);
  }

  learnPort(bridge: string, vlan: number, mac: Mac, port: string): void {
    this.#learnt ??= new Map(this.#before.learnt);
    this.#learnt.set(`${bridge} ${vlan} ${mac}`, port);
  }

  learntRemote(device: string, mac: Mac): Ip | undefined {
    return (this.#remotes ?? this.#before.remotes).get(`${device} ${mac}`);
  }

  learnRemote(device: string, mac: Mac, remote: Ip): void {
    this.#remotes ??= new Map(this.#before.remotes);
    this.#remotes.set(`${device} ${mac}`, remote);
  }

  asker(place: string): Mac | undefined {
    return (this.#askers ?? this.#before.askers).get(place);
  }

  keepAsker(place: string, mac: Mac): void {
    if (this.asker(place) === mac) return;
    this.#askers ??= new Map(this.#before.askers);
    this.#askers.set(place, mac);
  }

  answerer(place: string): Mac | undefined {
    return (this.#answerers ?? this.#before.answerers).get(place);
  }

  keepAnswerer(place: string, mac: Mac): void {
    if (this.answerer(place) === mac) return;
    this.#answerers ??= new Map(this.#before.answerers);
    this.#answerers.set(place, mac);
  }

  isOpen(connection: string): boolean {
    return (this.#opened ?? this.#before.opened).has(connection);
  }

  open(connection: string): void {
    this.#opened ??= new Set(this.#before.opened);
    this.#opened.add(connection);
  }

  close(connection: string): void {
    if (!this.isOpen(connection)) return;
    this.#opened = new Set(this.#opened ?? this.#before.opened);
    this.#opened.delete(connection);
  }

  picked(place: string): number | undefined {
    return (this.#picked ?? this.#before.picked).get(place);
  }

  keepPick(place: string, picked: number): void {
    this.#picked ??= new Map(this.#before.picked);
    this.#picked.set(place, picked);
  }

  errors(peer: string): Odds<ErrorTokens | null> | undefined {
    return (this.#errors ?? this.#before.errors).get(peer);
  }

  keepErrors(peer: string, tokens: Odds<ErrorTokens | null>): void {
    this.#errors ??= new Map(this.#before.errors);
    this.#errors.set(peer, tokens);
  }

  /** Nothing: not noted; `null`: gone. */
  ipvs(key: string): IpvsTrack | null | undefined {
    return (this.#ipvs ?? this.#before.ipvs).get(key);
  }

  /** Whether anything of IPVS was noted under keys that begin so. */
  hasIpvs(start: string): boolean {
    for (const key of (this.#ipvs ?? this.#before.ipvs).keys()) if (key.startsWith(start)) return true;
    return false;
  }

  keepIpvs(key: string, track: IpvsTrack | null): void {
    this.#ipvs ??= new Map(this.#before.ipvs);
    this.#ipvs.set(key, track);
  }

  element(key: string): ElementNote | undefined {
    return (this.#elements ?? this.#before.elements).get(key);
  }

  keepElement(key: string, is: ElementNote): void {
    this.#elements ??= new Map(this.#before.elements);
    this.#elements.set(key, is);
  }

  recents(): Notes['recents'] {
    return this.#recents ?? this.#before.recents;
  }

  keepRecent(key: string, is: RecentNote | null | '?'): void {
    this.#recents ??= new Map(this.#before.recents);
    this.#recents.set(key, is);
  }

  limits(): Notes['limits'] {
    return this.#limits ?? this.#before.limits;
  }

  keepLimit(rule: string, is: Odds<LimitNote | null>): void {
    this.#limits ??= new Map(this.#before.limits);
    this.#limits.set(rule, is);
  }

  /** Something is asked for of which there surely is so much now. */
  ask(ration: string, had: number): void {
    this.#rations ??= new Map(this.#before.rations);
    const before = this.#rations.get(ration) ?? { had, asked: 0 };
    this.#rations.set(ration, { ...before, asked: before.asked + 1 });
  }

  isForgotten(answer: string): boolean {
    return (this.#forgotten ?? this.#before.forgotten).has(answer);
  }

  forget(answer: string): void {
    this.#forgotten ??= new Set(this.#before.forgotten);
    this.#forgotten.add(answer);
  }

  gone(): Notes['gone'] {
    return this.#gone ?? this.#before.gone;
  }

  keepGone(key: string, is: Asked | undefined): void {
    this.#gone = new Map(this.#gone ?? this.#before.gone);
    if (is === undefined) this.#gone.delete(key);
    else this.#gone.set(key, is);
  }

  /** Notes of their own that begin with these. */
  fork(): Notebook {
    return new Notebook(this.after());
  }

  /** The notes as they are now; the same object where nothing was noted. */
  after(): Notes {
    const parts = [
      this.#learnt,
      this.#remotes,
      this.#askers,
      this.#answerers,
      this.#opened,
      this.#picked,
      this.#errors,
      this.#ipvs,
      this.#elements,
      this.#recents,
      this.#limits,
      this.#rations,
      this.#forgotten,
      this.#gone,
    ];
    if (parts.every((part) => part === undefined)) return this.#before;
    return {
      learnt: this.#learnt ?? this.#before.learnt,
      remotes: this.#remotes ?? this.#before.remotes,
      askers: this.#askers ?? this.#before.askers,
      answerers: this.#answerers ?? this.#before.answerers,
      opened: this.#opened ?? this.#before.opened,
      picked: this.#picked ?? this.#before.picked,
      errors: this.#errors ?? this.#before.errors,
      ipvs: this.#ipvs ?? this.#before.ipvs,
      elements: this.#elements ?? this.#before.elements,
      recents: this.#recents ?? this.#before.recents,
      limits: this.#limits ?? this.#before.limits,
      rations: this.#rations ?? this.#before.rations,
      forgotten: this.#forgotten ?? this.#before.forgotten,
      gone: this.#gone ?? this.#before.gone,
    };
  }
}
