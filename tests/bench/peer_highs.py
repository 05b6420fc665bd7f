#!/usr/bin/env python3
"""Solves an instance written by `bench_alloc --write FILE` with the HiGHS mixed-integer solver, for comparison.

Usage: peer_highs.py FILE [seconds [relative gap]]; needs the package highspy. Prints time, status, objective and bound.
The default gap asks for the same proof that bench_alloc gives; HiGHS's own default would be 1e-4.
"""
import sys
import time

import highspy
import numpy as np


def main() -> int:
    path = sys.argv[1]
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 120.0
    gap = float(sys.argv[3]) if len(sys.argv) > 3 else 1e-12
    with open(path, encoding="ascii") as file:
        units, options, budget = (int(word) for word in file.readline().split())
        pairs = [line.split() for line in file]
    size = np.array([float(pair[0]) for pair in pairs])
    cost = np.array([float(pair[1]) for pair in pairs])
    columns = units * options
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, units + 1
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_ = np.concatenate([np.ones(units), [-highspy.kHighsInf]])
    lp.row_upper_ = np.concatenate([np.ones(units), [float(budget)]])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(columns + 1) * 2
    index = np.empty(2 * columns, dtype=np.int64)
    index[0::2] = np.arange(columns) // options
    index[1::2] = units
    value = np.ones(2 * columns)
    value[1::2] = size
    lp.a_matrix_.index_, lp.a_matrix_.value_ = index, value
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", limit)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", 1e-15)
    solver.passModel(lp)
    start = time.perf_counter()
    solver.run()
    elapsed = time.perf_counter() - start
    info = solver.getInfo()
    chosen = np.array(solver.getSolution().col_value) > 0.5
    print(f"HiGHS {units} x {options}: {elapsed:.3f} s, {solver.modelStatusToString(solver.getModelStatus())}, "
          f"objective {cost[chosen].sum():.12g}, bytes {int(size[chosen].sum())} of {budget}, "
          f"bound {info.mip_dual_bound:.12g}, relative gap {info.mip_gap:.2g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
