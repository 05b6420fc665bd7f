#pragma once

#include "tests/support/sample.h"
#include "views/models/document.h"

#include <QtTest/QTest>

namespace bitwright::test {

/// The sample with its dump, or with `withDump` false without; in a project when one is named.
inline session::Inputs sampleInputs(const QString& project = {}, bool withDump = true)
{
    session::Inputs inputs;
    inputs.model = kSample.toStdString();
    if (withDump)
        inputs.dumps = {kSampleDump.toStdString()};
    inputs.project = project.toStdString();
    return inputs;
}

/// Opens it and waits for its plan and frontier, and until nothing runs. Fails the test otherwise.
inline void openSample(
    views::JobQueue& jobs, views::Document& document, const session::Inputs& inputs = sampleInputs())
{
    document.open(inputs);
    QVERIFY(
        QTest::qWaitFor([&] { return document.space() && document.frontier() && jobs.isIdle(); }, 120000));
}

/// Waits until what a change of settings began has ended.
inline void waitForPlan(const views::JobQueue& jobs, const views::Document& document)
{
    QVERIFY(QTest::qWaitFor([&] { return jobs.isIdle() && !document.isStale(); }, 120000));
}

} // namespace bitwright::test
