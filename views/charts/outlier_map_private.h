#pragma once

// What the files of OutlierMap share.
#include "views/charts/outlier_image.h"
#include "views/charts/outlier_map.h"

namespace bitwright::views {

constexpr int kLeastTop = 30, kMostTop = 120; // height of the marginal per channel
constexpr int kRightWidth = 96; // of the marginal per layer
constexpr int kLeastRight = 52; // of the same where the chart is small
constexpr int kBarWidth = 12, kBarLabels = 46, kLeastBarLabels = 32; // of the color bar
constexpr int kBesideMap = 12; // from the map to the marginal per layer
inline const QString kMarksKey = QStringLiteral("marks");

struct OutlierMap::Private
{
    OutlierMapData data;
    OutlierImage image;
    QCPAxisRect* top = nullptr;
    QCPAxisRect* right = nullptr;
    QCPAxisRect* bar = nullptr;
    int channels = 0;
    bool sorted = false;
    int pinned = -1;
    int currentRow = -1;
    QVector<int> selectedRows;
    OutlierMark hover{-1, -1};
    int preview = -1, previewRow = -1;
    QAction* sort = nullptr;
    QAction* pin = nullptr;
    std::vector<int> order; // display column -> channel
    std::vector<int> columnOf; // channel -> display column
    std::vector<float> rowMaxima;
    std::vector<float> columnMarks; // per display column: 1 where the criterion names the channel
    Interval scale{0, 1};
    QImage rendered;
};

} // namespace bitwright::views
