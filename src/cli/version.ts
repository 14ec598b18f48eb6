/** The version of this Leadline; the build replaces it by the package's. */
export const VERSION: string = process.env.LEADLINE_VERSION ?? '0.1.0';
