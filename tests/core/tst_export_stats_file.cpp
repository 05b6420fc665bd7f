#include "core/formats/stats_file.h"
#include "tests/support/temp_folder.h"

#include <QTest>

#include <hdf5.h>

#include <filesystem>

using namespace bitwright;

namespace {

std::vector<double> readVector(hid_t file, const char* path)
{
    const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Sclose(space);
    H5Dclose(dataset);
    return values;
}

std::string readText(hid_t file, const char* path)
{
    const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    const hid_t type = H5Dget_type(dataset);
    char* text = nullptr;
    H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text);
    const std::string copy = text != nullptr ? text : "";
    H5free_memory(text);
    H5Tclose(type);
    H5Dclose(dataset);
    return copy;
}

} // namespace

class TestExportStatsFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesWhatIsReadBack()
    {
        const test::TempFolder folder;
        const std::string path = folder.file("stats.h5");
        const std::string summary = "{\"model\":\"t\xC3\xA9st\"}";
        QVERIFY(formats::writeStatsFile(path, summary,
            {{"tensors/a.weight/row_max", {1.5, -2.0}}, {"tensors/a.weight/none", {}},
                {"tensors/odd/./name//x", {3.0}}}));
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        QVERIFY(file >= 0);
        QCOMPARE(readText(file, "summary"), summary);
        QCOMPARE(readVector(file, "tensors/a.weight/row_max"), (std::vector<double>{1.5, -2.0}));
        QVERIFY(readVector(file, "tensors/a.weight/none").empty());
        QCOMPARE(readVector(file, "tensors/odd/%2E/name/%/x"), std::vector<double>{3.0});
        QVERIFY(H5Aexists(file, "schema") > 0 && H5Aexists(file, "version") > 0);
        H5Fclose(file);
    }

    void sameInputSameBytes()
    {
        const test::TempFolder folder;
        const std::vector<formats::NamedVector> vectors{{"a/b", {1, 2, 3}}, {"a/c", {4}}};
        QVERIFY(formats::writeStatsFile(folder.file("1.h5"), "{}", vectors));
        QVERIFY(formats::writeStatsFile(folder.file("2.h5"), "{}", vectors));
        QVERIFY(test::readFile(folder.file("1.h5")) == test::readFile(folder.file("2.h5")));
    }

    void conflictLeavesPreviousFile()
    {
        const test::TempFolder folder;
        const std::string path = folder.file("stats.h5");
        QVERIFY(test::writeFile(path, "previous"));
        const auto written = formats::writeStatsFile(path, "{}", {{"a", {1}}, {"a/b", {2}}});
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Io);
        QCOMPARE(test::readFile(path), std::string("previous"));
        QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
    }
};

QTEST_GUILESS_MAIN(TestExportStatsFile)
#include "tst_export_stats_file.moc"
