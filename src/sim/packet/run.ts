import type { Ip } from '#net/ip';
import type { World } from '#dataplane/world';
import { sourceKey, type TupleDirection } from '#dataplane/connections';
import type { Stack } from '#dataplane/stack';
import type { ChoicePoint, Chooser } from '#sim/clock/choice';
import { scopeText } from '#snapshot/scope';
import { type Asked, askedOf, type Connection, isCaptured, isDrawn, isTracked, type Track } from './conntrack/connection.ts';
import { isAsTaken, keptOf, keyIn, type Taken, takenFrom } from './conntrack/kept.ts';
import { answerKey, endKey, endsOf, goneKey, type Place } from './conntrack/noted-keys.ts';
import { NO_NOTES, Notebook, type Notes } from './notes.ts';
import { Rounds } from './rounds.ts';
import type { Sender } from './socket/sender.ts';
import { Throws } from './throws.ts';
import type { LearntMtu, State, TrackedConnection } from './state.ts';

/** A connection found by one of its tuples. */
export type Found = { readonly connection: Connection; readonly direction: Track['direction'] };

/** A connection's ports as an answer told them. */
export type Learned = Pick<Connection, 'packet' | 'original' | 'reply' | 'drawn'>;

/** A namespace's connections by each of their tuples. */
type Table = Readonly<Record<TupleDirection, Map<string, Connection>>>;

const DIRECTIONS: readonly TupleDirection[] = ['original', 'reply'];

/** Frames that one packet may cause before the walk is called endless. */
const FRAMES = 2000;

/** What came of a way that was walked ahead; `keep` makes what it noted the run's. */
export type Ahead<T> = { readonly result: T; readonly noted: Notes; readonly keep: () => void };

/** One packet's run: the world it walks in, who decides at branch points, and what it leaves behind. */
export class Run {
  readonly world: World;
  /** When the packet is sent, in milliseconds. */
  readonly at: number;
  /** Where it has been. */
  readonly rounds = new Rounds();
  /** The socket that sent its packet, where there is one. */
  sender: Sender | undefined;
  #notes: Notebook;
  #throws: Throws | undefined;
  readonly #chooser: Chooser;
  readonly #before: State;
  readonly #connections = new Map<string, Table>();
  /** Connections of the state before, as they were taken from there. */
  readonly #taken = new Map<Connection, { readonly kept: TrackedConnection; readonly as: Taken['connection'] }>();
  readonly #pathMtu = new Map<string, ReadonlyMap<Ip, LearntMtu>>();
  readonly #picked = new Map<string, number>();
  #changed = false;
  #frames = 0;

  constructor(world: World, chooser: Chooser, state: State, at = 0) {
    this.world = world;
    this.at = at;
    this.#chooser = chooser;
    this.#before = state;
    this.#notes = new Notebook(state.notes ?? NO_NOTES);
    for (const [key, own] of state.pathMtu) this.#pathMtu.set(key, own);
  }

  /** What bridges, tunnels, sockets and hashes remember. */
  get notes(): Notebook {
    return this.#notes;
  }

  /** Walks two ways of the same packet, each on notes of its own; dice fall alike on both. */
  either<T>(one: () => T, other: () => T): readonly [Ahead<T>, Ahead<T>] {
    const outer = this.#throws;
    const throws = new Throws();
    this.#throws = throws;
    const first = this.#ahead(one);
    throws.again();
    const second = this.#ahead(other);
    this.#throws = outer;
    return [first, second];
  }

  #ahead<T>(walk: () => T): Ahead<T> {
    const before = this.#notes;
    const own = before.fork();
    this.#notes = own;
    const result = walk();
    this.#notes = before;
    return { result, noted: own.after(), keep: () => void (this.#notes = own) };
  }

  /** Asks the chooser; what is chosen once per connection, and not by dice, is asked once in a run. */
  pick(point: ChoicePoint): number {
    if (point.scope === 'packet' || point.dice === true)
      return this.#throws?.thrown(point.at, () => this.#thrown(point)) ?? this.#thrown(point);
    let picked = this.#picked.get(point.at) ?? (point.lasts === true ? this.notes.picked(point.at) : undefined);
    if (picked === undefined) {
      picked = this.#chooser.pick(point);
      this.#picked.set(point.at, picked);
    }
    if (point.lasts === true) this.notes.keepPick(point.at, picked);
    return picked;
  }

  #thrown(point: ChoicePoint): number {
    const picked = this.#chooser.pick(point);
    const probability = point.options[picked]?.probability ?? null;
    if (probability !== null) this.rounds.vary(probability);
    return picked;
  }

  /** Counts a frame; false when there were too many. */
  spend(): boolean {
    this.#chooser.spend?.();
    return ++this.#frames <= FRAMES;
  }

  /** Begins the way of another packet. */
  restart(): void {
    this.rounds.restart();
  }

  connection(place: Place, key: string, direction: TupleDirection): Connection | undefined {
    return this.#of(place)[direction].get(key);
  }

  /** Puts a connection into the table (nf_conntrack_confirm). */
  confirm(place: Place, connection: Connection): void {
    connection.confirmed = true;
    this.touch();
    entered(this.#of(place), connection);
  }

  /** Whether a connection was put into the table after another one; what the capture shows was there before, in an order that nobody told. */
  isNewer(stack: Stack, one: Connection, other: Connection): boolean | null {
    if (isCaptured(one)) return isCaptured(other) ? null : false;
    if (isCaptured(other)) return true;
    const first = [...this.#of(stack).original.values()].find((connection) => connection === one || connection === other);
    return first === other;
  }

  /** Takes a connection out of the table (nf_ct_kill); a captured one stays as forgotten, so that its entry is not found again. */
  forget(stack: Stack, connection: Connection): void {
    this.touch();
    this.#forgetPorts(stack, connection);
    if (isDrawn(connection)) this.notes.keepGone(goneKey(stack, connection), askedOf(connection));
    connection.expires = this.at;
    if (isCaptured(connection)) return;
    const table = this.#of(stack);
    const { connections } = stack;
    for (const direction of DIRECTIONS) {
      for (const [key, found] of table[direction]) {
        if (found !== connection) continue;
        // in its place an entry of the capture would be found once more
        if (connections.is === 'seen' && connections.table.get(key, direction) !== undefined)
          table[direction].set(key, { ...connection, wasCaptured: true });
        else table[direction].delete(key);
      }
    }
  }

  #forgetPorts(place: Place, one: Asked): void {
    this.notes.forget(answerKey(place, one.protocol, one.reply));
    for (const end of endsOf(one)) this.notes.forget(endKey(place, end));
  }

  /** Connections of this run's packets that one end opened, the newest first. */
  from(stack: Place, source: string): readonly Connection[] {
    const all = [...this.#of(stack).original.values()].filter(
      (one) => !isCaptured(one) && sourceKey(one.protocol, one.original.source, one.original.sourcePort) === source,
    );
    return all.reverse();
  }

  /** Whether a connection of this run's packets is or was at this end, whose port nobody drew, or somebody saw. */
  isTaken(stack: Place, end: string): boolean {
    return (
      this.notes.isForgotten(endKey(stack, end)) ||
      [...this.#of(stack).original.values()].some((one) => one.drawn?.what !== 'source' && endsOf(one).includes(end))
    );
  }

  /** Connections of which a port was drawn that nobody saw yet, here or on their first packet's way. */
  *drawn(place: Place): Generator<Connection> {
    for (const connection of this.#of(place).original.values()) if (isDrawn(connection)) yield connection;
  }

  /** The same of those that are forgotten. */
  gone(place: Place): readonly Asked[] {
    return [...this.notes.gone().values()].filter((one) => this.isGone(place, one));
  }

  /** Whether it is what is left of a forgotten connection of which nobody saw the port that was drawn. */
  isGone(place: Place, one: Asked): boolean {
    return this.notes.gone().get(goneKey(place, one)) === one;
  }

  /** Both of all namespaces. */
  drawnAnywhere(): readonly (readonly [Place, Connection | Asked])[] {
    const places = [...new Set([...this.#before.connections.keys(), ...this.#connections.keys()])].map((key) => ({ key }));
    return places.flatMap((place) => [...this.drawn(place), ...this.gone(place)].map((one) => [place, one] as const));
  }

  /** Puts a connection in its place once the ports are known that were drawn for it; a forgotten one is so by these. */
  learnPorts(place: Place, connection: Connection | Asked, learned: Learned): void {
    if (isTracked(connection)) this.#learnTracked(place, connection, learned);
    else this.#learnGone(place, connection, { ...connection, ...learned });
  }

  #learnTracked(place: Place, connection: Connection, learned: Learned): void {
    const table = this.#of(place);
    for (const direction of DIRECTIONS) {
      const key = keyIn(connection, direction);
      if (table[direction].get(key) === connection) table[direction].delete(key);
    }
    Object.assign(connection, learned);
    this.confirm(place, connection);
  }

  #learnGone(place: Place, before: Asked, known: Asked): void {
    this.notes.keepGone(goneKey(place, before), undefined);
    if (isDrawn(known)) this.notes.keepGone(goneKey(place, known), known);
    else this.#forgetPorts(place, known);
  }

  touch(): void {
    this.#changed = true;
  }

  pathMtu(stack: Stack, destination: Ip): LearntMtu | undefined {
    return this.#pathMtu.get(stack.key)?.get(destination);
  }

  /** When a namespace first learnt what a path takes. */
  firstLearnt(stack: Stack): number {
    return Math.min(...[...(this.#pathMtu.get(stack.key)?.values() ?? [])].map(({ at }) => at));
  }

  learnMtu(stack: Stack, destination: Ip, mtu: number): void {
    this.touch();
    this.#pathMtu.set(stack.key, new Map([...(this.#pathMtu.get(stack.key) ?? []), [destination, { mtu, at: this.at }]]));
  }

  /** What the packets of this run left behind. */
  after(): State {
    const notes = this.notes.after();
    if (!this.#changed) return notes === (this.#before.notes ?? NO_NOTES) ? this.#before : { ...this.#before, notes };
    const connections = new Map(this.#before.connections);
    for (const [key, table] of this.#connections) {
      const kept = new Map<string, TrackedConnection>();
      for (const [tuple, connection] of table.original) kept.set(tuple, this.#keptOf(connection));
      connections.set(key, kept);
    }
    return { connections, pathMtu: this.#pathMtu, notes };
  }

  /** What nobody changed stays the same object. */
  #keptOf(connection: Connection): TrackedConnection {
    const taken = this.#taken.get(connection);
    return taken !== undefined && isAsTaken(taken.as, connection) ? taken.kept : keptOf(connection);
  }

  #of({ key }: Place): Table {
    let table = this.#connections.get(key);
    if (table === undefined) {
      table = { original: new Map(), reply: new Map() };
      for (const kept of this.#before.connections.get(key)?.values() ?? []) {
        const { connection: as, keys } = takenFrom(kept);
        const connection = { ...as };
        for (const direction of DIRECTIONS) table[direction].set(keys[direction], connection);
        this.#taken.set(connection, { kept, as });
      }
      this.#connections.set(key, table);
    }
    return table;
  }
}

/** Both tuples of a connection, each in its zone. */
function entered(table: Table, connection: Connection): void {
  for (const direction of DIRECTIONS) table[direction].set(keyIn(connection, direction), connection);
}

/** How a namespace is called in choices and sentences: `D`, `D/cni-1234`. */
export const placeText = (stack: Stack): string => scopeText(stack.scope);
