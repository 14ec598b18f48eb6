/** Checks the directions of all imports. Sees nothing? Then it fails: a check of zero modules proves nothing. */
import { cruiseTree } from './layers/cruise.ts';
import { rules } from './layers/rules.ts';

const { modules, violations } = await cruiseTree(process.cwd());
for (const { rule, from, to } of violations) {
  console.error(`${from} imports ${to}\n   rule ${rule.name}: ${rules.find(({ name }) => name === rule.name)?.comment ?? ''}`);
}
if (modules < 50) console.error(`only ${modules} modules were seen: the tool does not see the sources`);
console.log(`${modules} modules, ${violations.length} violations`);
process.exitCode = violations.length === 0 && modules >= 50 ? 0 : 1;
