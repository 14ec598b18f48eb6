/** A token of Calico's selector language. */
export type Token =
  | { readonly is: '(' | ')' | '{' | '}' | ',' | '==' | '!=' | '!' | '&&' | '||' | 'in' | 'not in' | 'all' | 'global' | 'end' }
  | { readonly is: 'contains' | 'starts with' | 'ends with' }
  | { readonly is: 'text' | 'label' | 'has'; readonly value: string };

const LABEL = '[a-zA-Z0-9_./-]{1,512}';

/** What may stand after a label (libcalico-go lib/selector/tokenizer): only there are these words operators. */
const OPERATORS: readonly (readonly [RegExp, Exclude<Token['is'], 'text' | 'label' | 'has'>])[] = [
  [/^contains\b/, 'contains'],
  [/^starts\s*with\b/, 'starts with'],
  [/^ends\s*with\b/, 'ends with'],
  [/^not\s*in\b/, 'not in'],
  [/^in\b/, 'in'],
];

const HAS = new RegExp(`^has\\(\\s*(${LABEL})\\s*\\)`);
const NAME = new RegExp(`^${LABEL}`);

/** The tokens of a selector, or why it is none. */
export function tokensOf(selector: string): readonly Token[] | { readonly why: string } {
  const tokens: Token[] = [];
  let rest = selector;
  for (;;) {
    rest = rest.replace(/^[ \t]+/, '');
    if (rest === '') return [...tokens, { is: 'end' }];
    const found = symbolIn(rest) ?? textIn(rest) ?? wordIn(rest, tokens.at(-1)?.is === 'label');
    if (found === undefined) return { why: `not understood from ${JSON.stringify(rest.slice(0, 20))}` };
    tokens.push(found.token);
    rest = rest.slice(found.length);
  }
}

type Found = { readonly token: Token; readonly length: number };

function symbolIn(rest: string): Found | undefined {
  const [, symbol] = /^(==|!=|&&|\|\||[(){},!])/.exec(rest) ?? [];
  if (symbol === undefined) return undefined;
  return { token: { is: symbol as Exclude<Token['is'], 'text' | 'label' | 'has'> }, length: symbol.length };
}

function textIn(rest: string): Found | undefined {
  const [whole, double, single] = /^(?:"([^"]*)"|'([^']*)')/.exec(rest) ?? [];
  return whole === undefined ? undefined : { token: { is: 'text', value: double ?? single ?? '' }, length: whole.length };
}

function wordIn(rest: string, isAfterLabel: boolean): Found | undefined {
  if (isAfterLabel) {
    for (const [pattern, is] of OPERATORS) {
      const [word] = pattern.exec(rest) ?? [];
      if (word !== undefined) return { token: { is }, length: word.length };
    }
  }
  const [has, label] = HAS.exec(rest) ?? [];
  if (has !== undefined && label !== undefined) return { token: { is: 'has', value: label }, length: has.length };
  const [call, name] = /^(all|global)\(\s*\)/.exec(rest) ?? [];
  if (call !== undefined) return { token: { is: name === 'all' ? 'all' : 'global' }, length: call.length };
  const [word] = NAME.exec(rest) ?? [];
  return word === undefined ? undefined : { token: { is: 'label', value: word }, length: word.length };
}
