import type { IForbiddenRuleType } from 'dependency-cruiser';
import { core, layers } from './layers.ts';

const TEST = '[.]test[.]ts$|^src/testing/';
const SCENARIO = '/scenario[.]ts$';

const looksDown: readonly IForbiddenRuleType[] = layers.map(({ name, may, because }) => ({
  name: `${name}-looks-down`,
  comment: because,
  severity: 'error',
  from: { path: `^src/${name}/`, pathNot: `${TEST}|${SCENARIO}` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...may].join('|')})/` },
}));

/** Every rule of the house that is about who imports whom. */
export const rules: readonly IForbiddenRuleType[] = [
  ...looksDown,
  {
    name: 'a-fault-stands-alone',
    comment: 'a fault that leans on another cannot be judged, tested or removed alone',
    severity: 'error',
    from: { path: '^src/faults/([^/]+)/' },
    to: { path: '^src/faults/[^/]+/', pathNot: '^src/faults/$1/' },
  },
  {
    name: 'the-core-has-no-effects',
    comment: 'what reads a clock, a file or the network gives other answers tomorrow; counterfactuals need the same ones',
    severity: 'error',
    from: { path: `^src/(${core.join('|')})/`, pathNot: TEST },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'the-core-has-no-packages',
    comment: 'what the project exists for is its own; YAML, which only a parser meets, is the one exception',
    severity: 'error',
    from: { path: `^src/(${core.join('|')})/`, pathNot: TEST },
    to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/yaml/' },
  },
  {
    name: 'only-commands-perform',
    comment: 'everything below the command line can be asked about a change without any danger that it happens',
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/cli/|^src/actions/performers[.]ts$|^src/actions/[^/]+/perform[^/]*[.]ts$|${TEST}` },
    to: { path: '^src/actions/([^/]+/perform[^/]*|performers)[.]ts$' },
  },
  {
    name: 'previews-are-pure',
    comment: 'a preview edits facts; only a performer is handed the world',
    severity: 'error',
    from: { path: '^src/actions/[^/]+/preview' },
    to: { path: '^src/world/' },
  },
  {
    name: 'a-scenario-is-only-data',
    comment: 'the hand that breaks must not share code with the hand that judges or mends',
    severity: 'error',
    from: { path: `^src/faults/[^/]+${SCENARIO}` },
    to: { pathNot: '^lab/vocabulary[.]ts$' },
  },
  {
    name: 'scenarios-stay-in-the-lab',
    comment: 'a diagnosis that could read how the lab breaks things would prove nothing',
    severity: 'error',
    from: { path: '^src/', pathNot: TEST },
    to: { path: SCENARIO },
  },
  {
    name: 'the-lab-is-a-user',
    comment: 'the lab runs Leadline as its users do, so that one hand cannot be wrong in the same way twice',
    severity: 'error',
    from: { path: '^lab/' },
    to: { path: '^src/', pathNot: `^src/faults/[^/]+${SCENARIO}` },
  },
  {
    name: 'the-product-does-not-know-the-lab',
    comment: 'only the words of scenarios are shared',
    severity: 'error',
    from: { path: '^src/', pathNot: TEST },
    to: { path: '^lab/', pathNot: '^lab/vocabulary[.]ts$' },
  },
  {
    name: 'nothing-goes-round',
    comment: 'of two files that need each other neither can be read first; what both need is a third, types too',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'tests-stay-tests',
    comment: 'builders and cases are for tests',
    severity: 'error',
    from: { path: '^src/', pathNot: TEST },
    to: { path: '^src/testing/' },
  },
];
