import { configDefaults, defineConfig } from "vitest/config";
import { guardedFiles, guardingTests } from "./test/mutation/guarded.ts";

// `--mode long` runs test/long, which takes minutes, and nothing else; every other run leaves it out. `--mode coverage`
// runs the tests that guard reader, encoder, configuration, artifact and save function, and fails below 100 %.
export default defineConfig(({ mode }) => ({
  test: {
    include: {
      long: ["test/long/**/*.test.ts"],
      coverage: guardingTests(import.meta.dirname),
    }[mode] ?? ["test/**/*.test.ts"],
    exclude: mode === "long" ? configDefaults.exclude : [...configDefaults.exclude, "test/long/**"],
    testTimeout: mode === "long" || mode === "coverage" ? 600_000 : 60_000,
    hookTimeout: 60_000,
    reporters: process.env.CI ? ["default", ["json", { outputFile: "test-results.json" }]] : ["default"],
    coverage:
      mode === "coverage"
        ? {
            include: guardedFiles(import.meta.dirname),
            reporter: [["text", { skipFull: true }], "json"],
            thresholds: { lines: 100, branches: 100 },
          }
        : { include: ["src/**/*.ts"] },
  },
}));
