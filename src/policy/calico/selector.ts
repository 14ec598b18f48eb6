import { all, any, not, type Three } from '../three.ts';
import { type Token, tokensOf } from './tokens.ts';

/** A selector of Calico as a tree. */
export type Selector =
  | { readonly is: 'all' | 'global' }
  | { readonly is: 'has'; readonly label: string }
  | { readonly is: 'equals' | 'contains' | 'starts with' | 'ends with'; readonly label: string; readonly value: string }
  | { readonly is: 'in'; readonly label: string; readonly values: readonly string[] }
  | { readonly is: 'not'; readonly of: Selector }
  | { readonly is: 'and' | 'or'; readonly of: readonly Selector[] };

/** A label's value: `undefined`: there is none; `null`: it is not known whether there is one. */
export type LabelLookup = (label: string) => string | null | undefined;

/** A selector's tree, or why the text is none. An empty one selects everything. */
export type ParsedSelector = { readonly selector: Selector } | { readonly why: string };

/** Deeper ones are refused: captured texts are hostile input. */
const DEEPEST = 200;

class NotUnderstood extends Error {}

/** Parses a selector (libcalico-go lib/selector/parser): `||` binds least, then `&&`, then `!`. */
export function parseSelector(text: string): ParsedSelector {
  const tokens = tokensOf(text);
  if ('why' in tokens) return tokens;
  if (tokens.length === 1) return { selector: { is: 'all' } };
  try {
    const reader = new Reader(tokens);
    const selector = reader.either(0);
    return reader.peek().is === 'end' ? { selector } : { why: 'more follows where it should end' };
  } catch (error) {
    if (error instanceof NotUnderstood) return { why: error.message };
    throw error;
  }
}

/** Walks the tokens of one selector. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? { is: 'end' };
  }

  #take(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  either(depth: number): Selector {
    if (depth > DEEPEST) throw new NotUnderstood('too deep');
    return this.#joined('||', 'or', () => this.#joined('&&', 'and', () => this.#operation(depth)));
  }

  #joined(symbol: '||' | '&&', is: 'or' | 'and', part: () => Selector): Selector {
    const first = part();
    const of = [first];
    while (this.peek().is === symbol) {
      this.#take();
      of.push(part());
    }
    return of.length === 1 ? first : { is, of };
  }

  #operation(depth: number): Selector {
    let negated = false;
    while (this.peek().is === '!') {
      this.#take();
      negated = !negated;
    }
    const one = this.#plain(depth);
    return negated ? { is: 'not', of: one } : one;
  }

  #plain(depth: number): Selector {
    const token = this.#take();
    if (token.is === 'all' || token.is === 'global') return { is: token.is };
    if (token.is === 'has') return { is: 'has', label: token.value };
    if (token.is === 'label') return this.#comparison(token.value);
    if (token.is !== '(') throw new NotUnderstood(`${token.is} where a condition should stand`);
    const inner = this.either(depth + 1);
    if (this.#take().is !== ')') throw new NotUnderstood('a bracket is not closed');
    return inner;
  }

  #comparison(label: string): Selector {
    const { is } = this.#take();
    if (is === 'in') return { is, label, values: this.#set() };
    if (is === 'not in') return { is: 'not', of: { is: 'in', label, values: this.#set() } };
    if (is === 'contains' || is === 'starts with' || is === 'ends with') return { is, label, value: this.#text() };
    if (is !== '==' && is !== '!=') throw new NotUnderstood(`${is} where an operator should stand`);
    const equals: Selector = { is: 'equals', label, value: this.#text() };
    return is === '==' ? equals : { is: 'not', of: equals };
  }

  #text(): string {
    const token = this.#take();
    if (token.is !== 'text') throw new NotUnderstood('a value is not in quotes');
    return token.value;
  }

  #set(): readonly string[] {
    if (this.#take().is !== '{') throw new NotUnderstood('a set is not in braces');
    const values: string[] = [];
    while (this.peek().is === 'text') {
      values.push(this.#text());
      if (this.peek().is !== ',') break;
      this.#take();
    }
    if (this.#take().is !== '}') throw new NotUnderstood('a set is not closed');
    return values;
  }
}

/** Whether a selector holds for some labels. What compares a label that is not there does not hold, its negation does. */
export function selectorHolds(selector: Selector, label: LabelLookup): Three {
  switch (selector.is) {
    case 'all':
      return true;
    case 'global':
      return not(selectorHolds({ is: 'has', label: NAMESPACE_LABEL }, label));
    case 'not':
      return not(selectorHolds(selector.of, label));
    case 'and':
      return all(selector.of, (one) => selectorHolds(one, label));
    case 'or':
      return any(selector.of, (one) => selectorHolds(one, label));
    default:
      return compared(selector, label(selector.label));
  }
}

/** The label by which Calico knows what belongs to a namespace. */
export const NAMESPACE_LABEL = 'projectcalico.org/namespace';

type Comparison = Extract<Selector, { readonly label: string }>;

function compared(selector: Comparison, value: string | null | undefined): Three {
  if (value === null) return undefined;
  if (value === undefined) return false;
  switch (selector.is) {
    case 'has':
      return true;
    case 'in':
      return selector.values.includes(value);
    case 'equals':
      return value === selector.value;
    case 'contains':
      return value.includes(selector.value);
    case 'starts with':
      return value.startsWith(selector.value);
    case 'ends with':
      return value.endsWith(selector.value);
  }
}
