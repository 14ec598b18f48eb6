import { texts } from '#engine/words';
import { type Configuration, configurationText } from './text-configuration.ts';
import { type Pods, podsText } from './text-pods.ts';
import { type Routes, routesText } from './text-routes.ts';

/** What a finding of this fault is worded from: what was left, and whom it is taken from. */
export type Found = Routes | Configuration | Pods;

type Said = { readonly [Of in 'what' | 'why' | 'fix']: (found: Found) => string };

/** In one language, by what was left. */
const said = (language: 'en' | 'zh'): Said => {
  const of = (part: keyof Said) => (found: Found) =>
    found.left === 'routes'
      ? routesText[language][part](found)
      : found.left === 'pods'
        ? podsText[language][part](found)
        : configurationText[language][part](found);
  return { what: of('what'), why: of('why'), fix: of('fix') };
};

export default texts<Found>({ en: said('en'), zh: said('zh') });
