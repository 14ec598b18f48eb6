import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import { rules } from './rules.ts';

/** What the check of all imports below a folder says. */
export type Cruised = { readonly modules: number; readonly violations: readonly IViolation[] };

/** Follows all imports of a tree and holds them against the rules. Types count: who imports a type depends on it. */
export async function cruiseTree(folder: string, what: readonly string[] = ['src', 'lab']): Promise<Cruised> {
  const result = await cruise(
    [...what],
    {
      baseDir: folder,
      ruleSet: { forbidden: [...rules] },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '^lab/recorded/|^lab/recorded-tools/(debian-|busybox|packets)|^node_modules/' },
      enhancedResolveOptions: { extensions: ['.ts', '.js'], conditionNames: ['import', 'node'] },
    } as never,
    undefined,
    { tsConfig: { options: {} } } as never,
  );
  const { summary } = result.output as ICruiseResult;
  return { modules: summary.totalCruised, violations: summary.violations };
}
