import { texts } from '#engine/words';
import { type Configuration, configurationText } from './text-configuration.ts';
import { type Routes, routesText } from './text-routes.ts';

/** What a finding of this fault is worded from: what was left, and whom it is taken from. */
export type Found = Routes | Configuration;

export default texts<Found>({
  en: {
    what: (found) => (found.left === 'routes' ? routesText.en.what(found) : configurationText.en.what(found)),
    why: (found) => (found.left === 'routes' ? routesText.en.why(found) : configurationText.en.why(found)),
    fix: (found) => (found.left === 'routes' ? routesText.en.fix(found) : configurationText.en.fix(found)),
  },
  zh: {
    what: (found) => (found.left === 'routes' ? routesText.zh.what(found) : configurationText.zh.what(found)),
    why: (found) => (found.left === 'routes' ? routesText.zh.why(found) : configurationText.zh.why(found)),
    fix: (found) => (found.left === 'routes' ? routesText.zh.fix(found) : configurationText.zh.fix(found)),
  },
});
