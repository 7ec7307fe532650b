import { configDefaults, defineConfig } from "vitest/config";

// `--mode long` runs test/long, which takes minutes, and nothing else; every other run leaves it out.
export default defineConfig(({ mode }) => ({
  test: {
    include: [mode === "long" ? "test/long/**/*.test.ts" : "test/**/*.test.ts"],
    exclude: mode === "long" ? configDefaults.exclude : [...configDefaults.exclude, "test/long/**"],
    testTimeout: mode === "long" ? 600_000 : 60_000,
    reporters: process.env.CI ? ["default", ["json", { outputFile: "test-results.json" }]] : ["default"],
    coverage: { include: ["src/**/*.ts"] },
  },
}));
